import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eras, idOf, type ServerUnderTest, startServerUnderTest } from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const settings = {
  discoveryEndpoint: 'https://idp.example.com/.well-known/openid-configuration',
  clientId: 'client-at-idp',
  clientSecret: 'secret-at-idp',
}
const organizationId = 'org_100000000000000001'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('get_connection over %s', (era) => {
  test('gives the settings without the secret', async () => {
    const created = await server.call(era, 'create_environment_oidc_connection', {
      environmentId,
      provider: 'CUSTOM',
      ...settings,
    })
    const connectionId = idOf(created, 'connection')
    const answer = await server.call(era, 'get_connection', { environmentId, connectionId })
    expect(answer.result?.connection).toMatchObject({
      status: 'COMPLETED',
      enabled: false,
      oidc: { clientId: 'client-at-idp' },
    })
    const { connection } = await server.read(`connections/${connectionId}`, environmentId)
    expect(connection).toMatchObject({ status: 'COMPLETED', oidc_config: { client_id: 'client-at-idp' } })
    expect(JSON.stringify(answer)).not.toContain('secret-at-idp')
    expect(server.log.join('')).not.toContain('secret-at-idp')
  })

  test('finds a connection of an organization by both ids, and only there', async () => {
    const created = await server.call(era, 'create_organization_connection', {
      environmentId,
      organizationId,
      provider: 'OKTA',
      type: 'SAML',
    })
    const connectionId = idOf(created, 'connection')
    const found = await server.call(era, 'get_connection', { environmentId, connectionId, organizationId })
    expect(found.result?.connection).toMatchObject({ organizationId, type: 'SAML', status: 'DRAFT' })
    const other = { environmentId, connectionId, organizationId: 'org_100000000000000002' }
    expect((await server.call(era, 'get_connection', other)).error).toMatchObject({ code: 'not_found' })
  })
})
