import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('list_redirect_uris over %s', (era) => {
  const list = (args: Record<string, unknown> = {}) =>
    server.call(era, 'list_redirect_uris', { environmentId, ...args })

  test('lists the clients with their URIs', async () => {
    const { clients } = (await server.read('clients', environmentId)) as { clients: { id: string }[] }
    const { result } = await list()
    expect(result?.items).toMatchObject(clients.map(({ id }) => ({ id })))
    expect(result?.items).toContainEqual({
      id: 'skc_100000000000000001',
      name: 'Development app',
      type: 'ENV',
      redirectUris: ['http://localhost:3000/auth/callback'],
      postLogoutRedirectUris: ['http://localhost:3000/'],
    })
  })

  test('with clientId gives that one', async () => {
    const { result } = await list({ clientId: 'skc_100000000000000001' })
    expect(result?.items).toMatchObject([{ id: 'skc_100000000000000001' }])
  })

  test('knows nothing of a client of another environment', async () => {
    expect((await list({ clientId: 'skc_100000000000000002' })).error).toMatchObject({ code: 'not_found' })
  })

  test.each([0, 31])('refuses the page size %j', async (pageSize) => {
    expect((await list({ pageSize })).error).toMatchObject({ code: 'invalid_arguments' })
  })
})
