import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, idsOf, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('list_mcp_servers over %s', (era) => {
  test('lists what is registered, page by page', async () => {
    const { mcpServer } = (
      await server.call(era, 'register_mcp_server', {
        environmentId,
        name: 'Todo',
        url: `https://todo-${era}.example.com/mcp`,
      })
    ).result as { mcpServer: { id: string } }
    const first = await server.call(era, 'list_mcp_servers', { environmentId, pageSize: 1 })
    expect(idsOf(first)).toEqual([mcpServer.id])
    const all = await server.call(era, 'list_mcp_servers', { environmentId })
    const { resources } = await server.read('resources?resource_type=MCP_SERVER', environmentId)
    expect(idsOf(all)).toEqual((resources as { id: string }[]).map(({ id }) => id))
    expect(idsOf(all)).toContain('res_100000000000000002')
  })

  test('refuses a page that is larger than the API gives', async () => {
    const { error } = await server.call(era, 'list_mcp_servers', { environmentId, pageSize: 31 })
    expect(error).toMatchObject({ code: 'invalid_arguments' })
  })
})
