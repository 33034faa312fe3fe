import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, idOf, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('delete_mcp_server over %s', (era) => {
  test('removes the server and its authorization server', async () => {
    const registered = await server.call(era, 'register_mcp_server', {
      environmentId,
      name: 'Gone',
      url: `https://gone-${era}.example.com/mcp`,
    })
    const mcpServerId = idOf(registered, 'mcpServer')
    expect((await server.call(era, 'delete_mcp_server', { environmentId, mcpServerId })).result).toEqual({
      deleted: true,
    })
    const metadata = `${server.local.url}/${environmentId}/resources/${mcpServerId}/.well-known/oauth-authorization-server`
    expect((await fetch(metadata)).status).toBe(404)
  })

  test('says that there is no such server', async () => {
    const { error } = await server.call(era, 'delete_mcp_server', { environmentId, mcpServerId: 'res_999' })
    expect(error).toMatchObject({ code: 'not_found' })
  })
})
