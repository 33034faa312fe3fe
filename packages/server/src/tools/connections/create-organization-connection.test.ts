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
const globex = 'org_100000000000000002'
const PRD = 'env_100000000000000002'
const northwind = 'org_100000000000000011'
const okta = {
  provider: 'OKTA',
  type: 'OIDC',
  issuer: 'https://globex.okta.example',
  clientId: 'client-at-okta',
  clientSecret: 'secret-at-okta',
}

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest()
})
afterAll(() => server.close())

describe.each(eras)('create_organization_connection over %s', (era) => {
  const create = (args: Record<string, unknown>) =>
    server.call(era, 'create_organization_connection', { environmentId, organizationId, ...args })
  const connectionsOf = async (organization: string) => {
    const { connections } = await server.sdk(environmentId).connection.listConnections(organization)
    return connections
  }

  test('begins a draft for the organization', async () => {
    const created = await create({ provider: 'MICROSOFT_AD', type: 'SAML' })
    expect(created.result?.connection).toMatchObject({
      organizationId,
      type: 'SAML',
      provider: 'MICROSOFT_AD',
      status: 'DRAFT',
      enabled: false,
    })
    const { connection } = await server.read(
      `organizations/${organizationId}/connections/${idOf(created, 'connection')}`,
      environmentId,
    )
    expect(connection).toMatchObject({ type: 'SAML', enabled: false })
  })

  test('with settings signs people in at once, and says what to register at the identity provider', async () => {
    const created = await create({ ...okta, organizationId: globex, enabled: true })
    const id = idOf(created, 'connection')
    expect(created.result?.connection).toMatchObject({
      status: 'COMPLETED',
      enabled: true,
      oidc: {
        issuer: okta.issuer,
        clientId: okta.clientId,
        redirectUri: `${server.local.url}/${environmentId}/sso/v1/oidc/${id}/callback`,
      },
    })
    for (const text of [JSON.stringify(created), server.log.join('')])
      expect(text).not.toContain(okta.clientSecret)
    const { connection } = await server.read(`organizations/${globex}/connections/${id}`, environmentId)
    expect(connection).toMatchObject({ enabled: true, oidc_config: { client_id: okta.clientId } })
    const domain = `${era}.globex.example`
    await server.call(
      era,
      'add_domain',
      { environmentId, organizationId: globex, domain },
      { query: '?toolsets=domains' },
    )
    const { connections } = await server.sdk(environmentId).connection.listConnectionsByDomain(domain)
    expect(connections.map((each) => each.id)).toContain(id)
  })

  test('answers the ACS URL and the entity ID of a SAML connection', async () => {
    const created = await create({
      provider: 'MICROSOFT_AD',
      type: 'SAML',
      idpMetadataUrl: 'https://login.example.com/metadata.xml',
      nameIdFormat: 'EMAIL',
      jitProvisioning: false,
      enabled: true,
    })
    const id = idOf(created, 'connection')
    const saml = `${server.local.url}/${environmentId}/sso/v1/saml/${id}`
    expect(created.result?.connection).toMatchObject({
      enabled: true,
      saml: {
        acsUrl: `${saml}/callback`,
        spEntityId: saml,
        spMetadataUrl: `${saml}/metadata`,
        idpMetadataUrl: 'https://login.example.com/metadata.xml',
      },
    })
    const { connection } = await server.read(
      `organizations/${organizationId}/connections/${id}`,
      environmentId,
    )
    expect(connection).toMatchObject({
      saml_config: { idp_name_id_format: 'EMAIL', jit_provisioning_with_sso_enabled: false },
    })
  })

  test.each([
    [
      'enabled without a client secret',
      { ...okta, clientSecret: undefined, enabled: true },
      'precondition_failed',
    ],
    [
      'a certificate that is none',
      { provider: 'OKTA', type: 'SAML', idpCertificate: 'AAAA' },
      'invalid_arguments',
    ],
    ['settings of the other type', { ...okta, idpEntityId: 'https://idp' }, 'invalid_arguments'],
  ])('refuses %s, and leaves no draft behind', async (_, args, code) => {
    const before = await connectionsOf(organizationId)
    expect((await create(args)).error).toMatchObject({ code })
    expect(await connectionsOf(organizationId)).toEqual(before)
  })

  test('names what an incomplete connection lacks', async () => {
    const { error } = await create({ provider: 'OKTA', type: 'OIDC', clientId: 'x', enabled: true })
    expect(error?.message).toContain('discoveryEndpoint or issuer, clientSecret')
  })

  test('in PRD asks nobody about a connection that cannot be enabled', async () => {
    const args = { environmentId: PRD, organizationId: northwind, provider: 'OKTA', enabled: true }
    const oidc = { ...args, type: 'OIDC', issuer: okta.issuer, clientId: 'x' }
    const saml = { ...args, type: 'SAML', idpEntityId: 'x', idpSignOnUrl: okta.issuer }
    for (const [incomplete, missing] of [
      [oidc, 'clientSecret'],
      [saml, 'idpMetadataUrl'],
    ] as const) {
      const { error } = await server.call(era, 'create_organization_connection', incomplete)
      expect(error).toMatchObject({
        code: 'precondition_failed',
        message: expect.stringContaining(missing),
      })
    }
  })

  test('enables the simulator, which needs no settings', async () => {
    const created = await create({ provider: 'IDP_SIMULATOR', type: 'OIDC', enabled: true })
    expect(created.result?.connection).toMatchObject({ enabled: true })
  })

  test('in PRD asks a person, who sees whom the connection trusts', async () => {
    const questions: string[] = []
    const args = { environmentId: PRD, organizationId: northwind, ...okta, enabled: true }
    const { ok } = await server.call(era, 'create_organization_connection', args, {
      person(message) {
        questions.push(message)
        return typesTheName(message)
      },
    })
    expect(ok).toBe(true)
    expect(questions).toEqual([expect.stringContaining(`Issuer: ${okta.issuer}`)])
    expect(questions[0]).toContain('Enabled: true')
    expect(questions[0]).not.toContain(okta.clientSecret)
  })

  test('says that there is no such organization', async () => {
    const { error } = await create({ organizationId: 'org_999', provider: 'OKTA', type: 'OIDC' })
    expect(error).toMatchObject({ code: 'not_found' })
  })
})
