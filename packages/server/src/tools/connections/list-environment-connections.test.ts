import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, idsOf, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('list_environment_connections over %s', (era) => {
  test('lists connections with their status, drafts and disabled ones too, page by page', async () => {
    for (const name of ['one', 'two']) {
      await server.call(era, 'create_environment_oidc_connection', {
        environmentId,
        provider: 'CUSTOM',
        keyId: `${name}-${era}`,
      })
    }
    const { connections } = await server.read('connections?include=all', environmentId)
    const all = await server.call(era, 'list_environment_connections', { environmentId, pageSize: 100 })
    expect(idsOf(all).length).toBeGreaterThanOrEqual(2)
    expect(idsOf(all)).toEqual((connections as { id: string }[]).map(({ id }) => id))
    const first = await server.call(era, 'list_environment_connections', { environmentId, pageSize: 1 })
    const second = await server.call(era, 'list_environment_connections', {
      environmentId,
      pageSize: 1,
      pageToken: first.result?.nextPageToken,
    })
    expect([...idsOf(first), ...idsOf(second)]).toEqual(idsOf(all).slice(0, 2))
  })

  test('refuses a page token of another list', async () => {
    const { error } = await server.call(era, 'list_environment_connections', {
      environmentId,
      pageToken: 'b3RoZXI',
    })
    expect(error).toMatchObject({ code: 'invalid_arguments', nextStep: expect.stringContaining('pageToken') })
  })
})
