import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  eras,
  idOf,
  type ServerUnderTest,
  startServerUnderTest,
  typesTheName,
} from '../../../test/server-under-test.js'

const environmentId = 'env_100000000000000001'
const organizationId = 'org_100000000000000001'
const PRD = 'env_100000000000000002'
const northwind = 'org_100000000000000011'
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

describe.each(eras)('update_connection over %s', (era) => {
  const update = (args: Record<string, unknown>) =>
    server.call(era, 'update_connection', { environmentId, organizationId, ...args })
  const draft = async (type: 'OIDC' | 'SAML', where = { environmentId, organizationId }) =>
    idOf(
      await server.call(
        era,
        'create_organization_connection',
        { ...where, provider: 'OKTA', type },
        {
          person: typesTheName,
        },
      ),
      'connection',
    )
  const upstream = async (id: string) =>
    (await server.read(`organizations/${organizationId}/connections/${id}`, environmentId)).connection

  test('completes a draft and enables it, leaves what is not named, and disables it', async () => {
    const connectionId = await draft('OIDC')
    const done = await update({ connectionId, ...settings, enabled: true })
    expect(done.result?.connection).toMatchObject({ status: 'COMPLETED', enabled: true })
    await update({ connectionId, clientId: 'other' })
    expect(await upstream(connectionId)).toMatchObject({
      enabled: true,
      oidc_config: { client_id: 'other', discovery_endpoint: settings.discoveryEndpoint },
    })
    const disabled = await update({ connectionId, enabled: false })
    expect(disabled.result?.connection).toMatchObject({ status: 'COMPLETED', enabled: false })
    expect(await upstream(connectionId)).toMatchObject({ enabled: false })
  })

  test('sets up SAML by hand', async () => {
    const connectionId = await draft('SAML')
    const idpEntityId = 'https://idp.example.com/entity'
    const { result } = await update({ connectionId, idpEntityId, nameIdFormat: 'PERSISTENT' })
    expect(result?.connection).toMatchObject({ saml: { idpEntityId } })
    expect(await upstream(connectionId)).toMatchObject({
      saml_config: { idp_entity_id: idpEntityId, idp_name_id_format: 'PERSISTENT' },
    })
  })

  test('refuses what it cannot do, and says why', async () => {
    const connectionId = await draft('SAML')
    expect((await update({ connectionId })).error).toMatchObject({ code: 'invalid_arguments' })
    expect((await update({ connectionId, ...settings })).error).toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringContaining('discoveryEndpoint, clientId, clientSecret'),
    })
    expect((await update({ connectionId, enabled: true })).error).toMatchObject({
      code: 'precondition_failed',
      message: expect.stringContaining('idpMetadataUrl'),
    })
    expect((await update({ connectionId: 'conn_999', enabled: true })).error).toMatchObject({
      code: 'not_found',
    })
  })

  test('in PRD asks nobody about a draft that cannot be enabled', async () => {
    const where = { environmentId: PRD, organizationId: northwind }
    const connectionId = await draft('SAML', where)
    const { error } = await server.call(era, 'update_connection', { ...where, connectionId, enabled: true })
    expect(error).toMatchObject({
      code: 'precondition_failed',
      message: expect.stringContaining('idpMetadataUrl'),
    })
  })

  test('in PRD asks a person, who sees the new values', async () => {
    const where = { environmentId: PRD, organizationId: northwind }
    const args = { ...where, connectionId: await draft('OIDC', where), ...settings }
    const refused = await server.call(era, 'update_connection', args)
    expect(refused.error).toMatchObject({ code: 'person_needed' })
    const questions: string[] = []
    const { ok } = await server.call(era, 'update_connection', args, {
      person(message) {
        questions.push(message)
        return typesTheName(message)
      },
    })
    expect(ok).toBe(true)
    expect(questions).toEqual([expect.stringContaining(`Discovery endpoint: ${settings.discoveryEndpoint}`)])
    expect(questions[0]).not.toContain(settings.clientSecret)
  })
})
