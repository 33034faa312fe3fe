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

describe.each(eras)('update_environment_oidc_connection over %s', (era) => {
  test('completes a draft, and leaves what is not named', async () => {
    const draft = await server.call(era, 'create_environment_oidc_connection', {
      environmentId,
      provider: 'CUSTOM',
    })
    const connectionId = idOf(draft, 'connection')
    const done = await server.call(era, 'update_environment_oidc_connection', {
      environmentId,
      connectionId,
      ...settings,
    })
    expect(done.result?.connection).toMatchObject({ status: 'COMPLETED' })
    await server.call(era, 'update_environment_oidc_connection', {
      environmentId,
      connection_id: connectionId,
      clientId: 'other',
    })
    const { connection } = await server.read(`connections/${connectionId}`, environmentId)
    expect(connection).toMatchObject({
      status: 'COMPLETED',
      oidc_config: { client_id: 'other', discovery_endpoint: settings.discoveryEndpoint },
    })
  })

  test('refuses an update that says nothing, and an unknown connection', async () => {
    const nothing = await server.call(era, 'update_environment_oidc_connection', {
      environmentId,
      connectionId: 'conn_1',
    })
    expect(nothing.error).toMatchObject({ code: 'invalid_arguments' })
    const unknown = await server.call(era, 'update_environment_oidc_connection', {
      environmentId,
      connectionId: 'conn_999',
      clientId: 'x',
    })
    expect(unknown.error).toMatchObject({ code: 'not_found' })
  })
})
