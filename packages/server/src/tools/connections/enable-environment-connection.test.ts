import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, idOf, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const settings = {
  discoveryEndpoint: 'https://idp.example.com/.well-known/openid-configuration',
  clientId: 'client-at-idp',
  clientSecret: 'secret-at-idp',
}

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('enable_environment_connection over %s', (era) => {
  const enabledUpstream = async (id: string) =>
    ((await server.read(`connections/${id}`, environmentId)).connection as { enabled: boolean }).enabled

  test('enables a complete connection', async () => {
    const created = await server.call(era, 'create_environment_oidc_connection', {
      environmentId,
      provider: 'CUSTOM',
      ...settings,
    })
    const connectionId = idOf(created, 'connection')
    const enabled = await server.call(era, 'enable_environment_connection', {
      environmentId,
      connection_id: connectionId,
    })
    expect(enabled.result?.connection).toMatchObject({ enabled: true })
    expect(await enabledUpstream(connectionId)).toBe(true)
  })

  test('refuses a draft, and says why', async () => {
    const draft = await server.call(era, 'create_environment_oidc_connection', {
      environmentId,
      provider: 'CUSTOM',
    })
    const connectionId = idOf(draft, 'connection')
    const { error } = await server.call(era, 'enable_environment_connection', { environmentId, connectionId })
    expect(error).toMatchObject({ code: 'precondition_failed' })
    expect(await enabledUpstream(connectionId)).toBe(false)
  })
})
