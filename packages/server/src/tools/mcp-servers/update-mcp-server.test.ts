import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, idOf, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('update_mcp_server over %s', (era) => {
  const register = async (name: string) =>
    idOf(
      await server.call(era, 'register_mcp_server', {
        environmentId,
        name,
        url: `https://${name}-${era}.example.com/mcp`,
        scopes: ['a:read'],
      }),
      'mcpServer',
    )

  test('changes what is given and leaves the rest', async () => {
    const mcpServerId = await register('before')
    const { result } = await server.call(era, 'update_mcp_server', {
      environmentId,
      mcpServerId,
      name: 'After',
      accessTokenSeconds: 600,
      dynamicRegistration: false,
    })
    expect(result?.mcpServer).toMatchObject({
      name: 'After',
      accessTokenSeconds: 600,
      dynamicRegistration: false,
    })
    const { resource } = await server.read(`resources/${mcpServerId}`, environmentId)
    expect(resource).toMatchObject({
      name: 'After',
      access_token_expiry: '600',
      disable_dynamic_client_registration: true,
      resource_id: `https://before-${era}.example.com/mcp`,
      scopes: [expect.objectContaining({ name: 'a:read' })],
    })
  })

  test('refuses an address of Scalekit itself, whose tokens would be for its API', async () => {
    const mcpServerId = await register('address')
    const { error } = await server.call(era, 'update_mcp_server', {
      ...{ environmentId, mcpServerId, url: `${server.local.url}/${environmentId}/mcp` },
    })
    expect(error).toMatchObject({
      code: 'invalid_arguments',
      message: 'Scalekit refused url',
    })
  })

  test('takes the last scope away', async () => {
    const mcpServerId = await register('scopes')
    await server.call(era, 'update_mcp_server', { environmentId, mcpServerId, scopes: [] })
    const { resource } = await server.read(`resources/${mcpServerId}`, environmentId)
    expect(resource).toMatchObject({ scopes: [] })
  })

  test('refuses an update that says nothing', async () => {
    const { error } = await server.call(era, 'update_mcp_server', { environmentId, mcpServerId: 'res_1' })
    expect(error).toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringContaining('at least one'),
    })
  })
})
