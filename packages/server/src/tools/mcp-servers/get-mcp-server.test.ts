import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('get_mcp_server over %s', (era) => {
  test('gives the entry and what to put into the server', async () => {
    const { result } = await server.call(era, 'get_mcp_server', {
      environmentId,
      mcpServerId: 'res_100000000000000002',
    })
    expect(result?.mcpServer).toMatchObject({ name: 'Greeting', url: 'http://localhost:3003/mcp' })
    const { resource } = await server.read('resources/res_100000000000000002', environmentId)
    expect(resource).toMatchObject({ name: 'Greeting', resource_id: 'http://localhost:3003/mcp' })
    expect(result?.setup).toMatchObject({
      metadataUrl: 'http://localhost:3003/.well-known/oauth-protected-resource/mcp',
    })
  })

  test('says that there is no such server, also for one of the workspace', async () => {
    for (const mcpServerId of ['res_999', 'res_100000000000000001', 'app_1', 'mcp_1']) {
      const { error } = await server.call(era, 'get_mcp_server', { environmentId, mcpServerId })
      expect(error, mcpServerId).toMatchObject({ code: 'not_found' })
    }
  })
})
