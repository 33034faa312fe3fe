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

describe.each(eras)('disable_environment_connection over %s', (era) => {
  const enabledUpstream = async (id: string) =>
    ((await server.read(`connections/${id}`, environmentId)).connection as { enabled: boolean }).enabled

  test('disables a complete connection', async () => {
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
    const disabled = await server.call(era, 'disable_environment_connection', { environmentId, connectionId })
    expect(disabled.result?.connection).toMatchObject({ enabled: false, status: 'COMPLETED' })
    expect(await enabledUpstream(connectionId)).toBe(false)
  })

  test('says that there is no such connection', async () => {
    const { error } = await server.call(era, 'disable_environment_connection', {
      environmentId,
      connectionId: 'conn_999',
    })
    expect(error).toMatchObject({ code: 'not_found' })
  })
})
