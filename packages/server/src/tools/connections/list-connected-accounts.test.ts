import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, idsOf, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

/** A service that agents use. */
async function post(path: string, body: unknown): Promise<void> {
  const token = await server.token({
    subject: undefined,
    client_id: 'skc_100000000000000001',
    resource: `${server.local.url}/${environmentId}`,
  })
  const response = await fetch(`${server.local.url}/${environmentId}/api/v1/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`)
}

describe.each(eras)('list_connected_accounts over %s', (era) => {
  beforeAll(async () => {
    const connector = `mail ${era}`
    await post('connections', { provider_key: 'GMAIL', type: 'API_KEY', key_id: connector })
    for (const identifier of ['ada', 'ben']) {
      await post('connected_accounts', {
        connector,
        identifier: `${identifier}-${era}`,
        connected_account: { authorization_details: { static_auth: { details: { api_key: 'k-secret' } } } },
      })
    }
  })

  test('lists accounts with their state, and filters by user; never what they hold', async () => {
    const all = await server.call(era, 'list_connected_accounts', { environmentId, connector: `mail ${era}` })
    expect(idsOf(all)).toHaveLength(2)
    const { connected_accounts } = await server.read(
      `connected_accounts?connector=mail%20${era}`,
      environmentId,
    )
    expect(idsOf(all)).toEqual((connected_accounts as { id: string }[]).map(({ id }) => id))
    const one = await server.call(era, 'list_connected_accounts', { environmentId, identifier: `ada-${era}` })
    expect(one.result?.items).toEqual([
      expect.objectContaining({ identifier: `ada-${era}`, connector: `mail ${era}` }),
    ])
    expect(JSON.stringify([all, one])).not.toContain('k-secret')
  })

  test('refuses a page that is larger than the API gives', async () => {
    const { error } = await server.call(era, 'list_connected_accounts', { environmentId, pageSize: 100 })
    expect(error).toMatchObject({ code: 'invalid_arguments' })
  })
})
