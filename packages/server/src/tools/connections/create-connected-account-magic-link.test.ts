import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { atPage } from '../../../test/at-page.js'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('create_connected_account_magic_link over %s', (era) => {
  test('creates a link for one user and one service, which the person gets at a page', async () => {
    const token = await server.token({
      subject: undefined,
      client_id: 'skc_100000000000000001',
      resource: `${server.local.url}/${environmentId}`,
    })
    const connector = `calendar ${era}`
    const post = async (path: string, body: unknown) => {
      const response = await fetch(`${server.local.url}/${environmentId}/api/v1/${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`)
    }
    await post('connections', { provider_key: 'CALENDAR', type: 'OAUTH', key_id: connector })
    await post('connected_accounts', { connector, identifier: 'ada', connected_account: {} })
    const args = { environmentId, connector, identifier: 'ada' }
    const { error } = await server.call(era, 'create_connected_account_magic_link', args)
    const link = (await atPage(error)).values.get('Link to connect the account') ?? ''
    expect(link).toMatch(/^http/)
    const { result } = await server.call(era, 'create_connected_account_magic_link', args)
    expect(result).toEqual({ handedOver: true, expiresAt: expect.stringMatching(/Z$/) })
    const { connected_accounts } = await server.read('connected_accounts?identifier=ada', environmentId)
    expect(connected_accounts).toEqual(
      expect.arrayContaining([expect.objectContaining({ connector, status: 'PENDING_AUTH' })]),
    )
    expect(server.log.join('')).not.toContain(link)
  })

  test('creates the account of a user who has none', async () => {
    const args = { environmentId, connector: 'gmail', identifier: `new-${era}` }
    const { error } = await server.call(era, 'create_connected_account_magic_link', args)
    expect((await atPage(error)).values.get('Link to connect the account')).toMatch(/\/magicLink\//)
    const { connected_accounts } = await server.read(
      `connected_accounts?identifier=new-${era}`,
      environmentId,
    )
    expect(connected_accounts).toMatchObject([{ connector: 'gmail', status: 'PENDING_AUTH' }])
  })

  test('says that there is no such service', async () => {
    const args = { environmentId, connector: 'nothing', identifier: 'ada' }
    const { error } = await server.call(era, 'create_connected_account_magic_link', args)
    expect(error).toMatchObject({ code: 'not_found' })
  })
})
