import {
  ScalekitBadRequestException,
  ScalekitConflictException,
  ScalekitNotFoundException,
} from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, GLOBEX, type Local, PRD, startLocal } from './local.js'

const EMAIL = 'conn_100000000000000001'
const ACME_OKTA = 'conn_100000000000000002'
const OIDC = 1
const OKTA = 1

/** A certificate that nobody holds the key of, as an identity provider would show it. */
const CERTIFICATE =
  'MIIBfjCCASWgAwIBAgIUYyDzMnbYbrXhEjE7ZbW8ysLvEs0wCgYIKoZIzj0EAwIwFTETMBEGA1UEAwwKaWRwLmV4YW1wbGUwHhcNMjUwMTAxMDAwMDAwWhcNMzUwMTAxMDAwMDAwWjAV'

let local: Local
let token: string
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(async () => {
  await local.reset()
  token = await local.client(DEV)
})
afterAll(() => local.close())

const call = (method: string, path: string, body?: unknown, as = token) =>
  local.rest(method, `/api/v1${path}`, { token: as, body })
const ofAcme = `/organizations/${ACME}/connections`
const configured = {
  provider: 'OKTA',
  oidc_config: {
    issuer: 'https://acme.okta.example',
    client_id: 'our-client',
    client_secret: 'their-secret',
    scopes: ['openid', 'email'],
  },
}

describe('the connections of an organization, through the official SDK', () => {
  it('are drafts until configured, and disabled until enabled', async () => {
    const { connection: api } = local.sdk(DEV)
    const { connection } = await api.createConnection(GLOBEX, { provider: OKTA, type: OIDC } as never)
    const id = connection?.id ?? ''
    expect(connection).toMatchObject({
      id: expect.stringMatching(/^conn_\d{18}$/),
      organizationId: GLOBEX,
      provider: OKTA,
      type: OIDC,
      status: 1,
      enabled: false,
      keyId: expect.stringMatching(/^okta-/),
    })
    await expect(api.enableConnection(GLOBEX, id)).rejects.toThrow(ScalekitBadRequestException)
    expect((await call('PATCH', `/organizations/${GLOBEX}/connections/${id}`, configured)).status).toBe(200)
    expect((await api.getConnection(GLOBEX, id)).connection).toMatchObject({ status: 3, enabled: false })
    expect(await api.enableConnection(GLOBEX, id)).toMatchObject({ enabled: true })
    expect((await api.getConnection(GLOBEX, id)).connection?.enabled).toBe(true)
    expect(await api.disableConnection(GLOBEX, id)).toMatchObject({ enabled: false })
    await api.deleteConnection(GLOBEX, id)
    await expect(api.getConnection(GLOBEX, id)).rejects.toThrow(ScalekitNotFoundException)
    await expect(api.deleteConnection(GLOBEX, id)).rejects.toThrow(ScalekitNotFoundException)
  })

  it('are listed while they are enabled, and found by the domains that lead to them', async () => {
    const { connection: api } = local.sdk(DEV)
    expect((await api.listConnections(ACME)).connections).toEqual([])
    await call('PATCH', `${ofAcme}/${ACME_OKTA}`, configured)
    await api.enableConnection(ACME, ACME_OKTA)
    expect((await api.listConnections(ACME)).connections).toMatchObject([
      { id: ACME_OKTA, organizationId: ACME, organizationName: 'Acme Robotics', enabled: true },
    ])
    const byDomain = await api.listConnectionsByDomain('acme.example')
    expect(byDomain.connections.map(({ id }) => id)).toEqual([ACME_OKTA])
    expect((await api.listConnectionsByDomain('globex.example')).connections).toEqual([])
    await expect(api.listConnections('org_1')).rejects.toThrow(ScalekitNotFoundException)
  })

  it('belong to their organization, and go with it', async () => {
    const { connection: api, organization } = local.sdk(DEV)
    await expect(api.getConnection(GLOBEX, ACME_OKTA)).rejects.toThrow(ScalekitNotFoundException)
    await expect(api.enableConnection(GLOBEX, ACME_OKTA)).rejects.toThrow(ScalekitNotFoundException)
    await expect(local.sdk(PRD).connection.getConnection(ACME, ACME_OKTA)).rejects.toThrow(
      ScalekitNotFoundException,
    )
    await expect(api.createConnection('org_1', { provider: OKTA, type: OIDC } as never)).rejects.toThrow(
      ScalekitNotFoundException,
    )
    await organization.deleteOrganization(ACME)
    expect((await call('GET', `/connections/${ACME_OKTA}`)).status).toBe(404)
    const left = await local.database.db.selectFrom('connections').select('id').execute()
    expect(left.map(({ id }) => id)).not.toContain(ACME_OKTA)
  })

  it('have a type that SSO knows, and a name of their own', async () => {
    const { connection: api } = local.sdk(DEV)
    for (const type of [0, 4, 5, 9]) {
      await expect(api.createConnection(ACME, { provider: OKTA, type } as never), `${type}`).rejects.toThrow(
        ScalekitBadRequestException,
      )
    }
    await expect(
      api.createConnection(ACME, { provider: OKTA, type: OIDC, keyId: 'acme-okta' } as never),
    ).rejects.toThrow(ScalekitConflictException)
  })
})

describe('the settings of a connection', () => {
  it('are kept where a change says nothing of them, and never show the secret', async () => {
    const { body } = await call('PATCH', `${ofAcme}/${ACME_OKTA}`, {
      ...configured,
      ui_button_title: 'Acme',
      attribute_mapping: { email: 'mail' },
    })
    expect(body.connection).toMatchObject({
      status: 'COMPLETED',
      ui_button_title: 'Acme',
      attribute_mapping: { email: 'mail' },
      oidc_config: {
        issuer: 'https://acme.okta.example',
        client_id: 'our-client',
        scopes: ['openid', 'email'],
        redirect_uri: `${local.url}/${DEV}/sso/v1/oidc/${ACME_OKTA}/callback`,
      },
    })
    const again = await call('PATCH', `${ofAcme}/${ACME_OKTA}`, {
      provider: 'OKTA',
      oidc_config: { client_id: 'other' },
    })
    expect(again.body.connection).toMatchObject({
      status: 'COMPLETED',
      ui_button_title: 'Acme',
      oidc_config: { issuer: 'https://acme.okta.example', client_id: 'other' },
    })
    const answers = [body, again.body, (await call('GET', `${ofAcme}/${ACME_OKTA}`)).body]
    expect(JSON.stringify(answers)).not.toContain('their-secret')
  })

  it('that are taken away disable it', async () => {
    await call('PATCH', `${ofAcme}/${ACME_OKTA}`, configured)
    await call('PATCH', `${ofAcme}/${ACME_OKTA}:enable`)
    const { body } = await call('PATCH', `${ofAcme}/${ACME_OKTA}`, {
      provider: 'OKTA',
      oidc_config: { client_secret: '' },
    })
    expect(body.connection).toMatchObject({ status: 'IN_PROGRESS', enabled: false })
    expect(await call('PATCH', `${ofAcme}/${ACME_OKTA}:enable`)).toMatchObject({
      status: 400,
      body: { code: 9 },
    })
  })

  it('are held to what they are', async () => {
    const fields = async (body: object) => {
      const answer = await call('PATCH', `${ofAcme}/${ACME_OKTA}`, { provider: 'OKTA', ...body })
      const [detail] = answer.body.details
      return [
        answer.status,
        detail.validation_error_info.field_violations.map(({ field }: { field: string }) => field),
      ]
    }
    expect(await fields({ oidc_config: { issuer: 'acme', token_uri: 'ftp://acme.example/' } })).toEqual([
      400,
      ['connection.oidc_config.issuer', 'connection.oidc_config.token_uri'],
    ])
    expect(await fields({ saml_config: { idp_entity_id: 'acme' } })).toEqual([
      400,
      ['connection.saml_config'],
    ])
    expect(await fields({ type: 'SAML', saml_config: { idp_certificate: CERTIFICATE } })).toEqual([
      400,
      ['connection.saml_config.idp_certificate'],
    ])
    expect((await call('GET', `${ofAcme}/${ACME_OKTA}`)).body.connection.status).toBe('DRAFT')
  })

  it('of SAML name us to the identity provider', async () => {
    const created = await call('POST', ofAcme, { provider: 'ADFS', type: 'SAML' })
    const { id } = created.body.connection
    const { body } = await call('PATCH', `${ofAcme}/${id}`, {
      provider: 'ADFS',
      saml_config: { idp_metadata_url: 'https://adfs.acme.example/metadata', want_request_signed: true },
    })
    expect(body.connection).toMatchObject({
      status: 'COMPLETED',
      saml_config: {
        sp_entity_id: `${local.url}/${DEV}/sso/v1/saml/${id}`,
        sp_assertion_url: `${local.url}/${DEV}/sso/v1/saml/${id}/callback`,
        idp_metadata_url: 'https://adfs.acme.example/metadata',
        want_request_signed: true,
        idp_certificates: [],
      },
    })
  })

  it('must be https in a PRD environment', async () => {
    const as = await local.client(PRD)
    const created = await call('POST', '/connections', { provider: 'OKTA', type: 'OIDC' }, as)
    const url = `/connections/${created.body.connection.id}`
    const body = (issuer: string) => ({ provider: 'OKTA', oidc_config: { issuer } })
    expect((await call('PATCH', url, body('http://idp.example'), as)).status).toBe(400)
    expect((await call('PATCH', url, body('https://idp.example'), as)).status).toBe(200)
  })
})

describe('the connections of an environment', () => {
  it('are created, read, changed, toggled and deleted', async () => {
    const created = await call('POST', '/connections', {
      provider: 'GOOGLE',
      type: 'OAUTH',
      key_id: 'google',
    })
    expect(created.body.connection).toMatchObject({
      provider: 'GOOGLE',
      type: 'OAUTH',
      status: 'DRAFT',
      key_id: 'google',
    })
    expect(created.body.connection).not.toHaveProperty('organization_id')
    const url = `/connections/${created.body.connection.id}`
    expect((await call('PATCH', `${url}:enable`)).status).toBe(400)
    await call('PATCH', url, { provider: 'GOOGLE', oauth_config: { use_platform_creds: true } })
    expect((await call('PATCH', `${url}:enable`)).body).toMatchObject({ enabled: true })
    expect((await call('GET', url)).body.connection).toMatchObject({ status: 'COMPLETED', enabled: true })
    expect((await call('PATCH', `${url}:disable`)).body).toMatchObject({ enabled: false })
    expect((await call('DELETE', url)).status).toBe(200)
    for (const [method, at] of [
      ['GET', url],
      ['PATCH', `${url}:enable`],
      ['DELETE', url],
    ] as const)
      expect((await call(method, at)).status, method).toBe(404)
    expect((await call('POST', '/connections', { provider: 'OKTA' })).status).toBe(400)
    const passkeys = await call('POST', '/connections', { type: 'WEBAUTHN', provider_key: 'SCALEKIT' })
    expect(passkeys.body.connection).toMatchObject({
      type: 'WEBAUTHN',
      status: 'COMPLETED',
      key_id: 'WEBAUTHN',
    })
    const other = { type: 'WEBAUTHN', provider_key: 'SCALEKIT', key_id: 'other' }
    expect((await call('POST', '/connections', other)).status).toBe(400)
  })

  it("that need no other provider are Scalekit's own", async () => {
    for (const [type, name] of Object.entries({ PASSWORD: 'a', PASSWORDLESS: 'b', WEBAUTHN: 'WEBAUTHN' })) {
      const { status, body } = await call('POST', '/connections', { type, provider: 'GOOGLE', key_id: name })
      expect([status, body.message], type).toEqual([400, expect.stringContaining('is with SCALEKIT')])
    }
  })

  it('are listed when they are enabled, and all of them when that is asked for', async () => {
    const ids = async (query = '') =>
      (await call('GET', `/connections${query}`)).body.connections.map(({ id }: { id: string }) => id)
    expect(await ids()).toEqual([EMAIL])
    const apps = [13, 12, 10, 9, 8, 7, 6, 5, 4, 3].map((n) => `conn_1${String(n).padStart(17, '0')}`)
    expect(await ids('?include=all')).toEqual([...apps, EMAIL])
    expect(await ids(`?include=all&organizationId=${ACME}`)).toEqual([ACME_OKTA])
    expect((await call('GET', `/connections?organization_id=org_1`)).status).toBe(404)
  })

  it('for agents are in a list of their own', async () => {
    const { connection: api } = local.sdk(DEV)
    await call('POST', '/connections', { type: 'API_KEY', provider_key: 'SEARCH', key_id: 'search' })
    const all = await api.listAppConnections({ pageSize: 1 })
    expect([all.totalSize, all.connections.map(({ keyId }) => keyId)]).toEqual([11, ['search']])
    const rest = await api.listAppConnections({ pageSize: 20, pageToken: all.nextPageToken })
    expect(rest.connections.map(({ keyId, providerKey }) => [keyId, providerKey])).toEqual([
      ['linear', 'LINEAR'],
      ['notion', 'NOTION'],
      ['GMAIL-test', 'GMAIL'],
      ['apifymcp', 'c-apifymcp'],
      ['exa', 'EXA'],
      ['freshdesk', 'FRESHDESK'],
      ['github', 'GITHUB'],
      ['slack', 'SLACK'],
      ['googlecalendar', 'GOOGLECALENDAR'],
      ['gmail', 'GMAIL'],
    ])
    expect((await api.listAppConnections({ provider: 'SEARCH' })).totalSize).toBe(1)
    expect((await api.listAppConnections({ query: 'gma' })).totalSize).toBe(2)
    await expect(api.listAppConnections({ pageToken: 'x' })).rejects.toThrow(ScalekitBadRequestException)
  })

  it('of all organizations can be listed and searched', async () => {
    await call('POST', `/organizations/${GLOBEX}/connections`, { provider: 'ADFS', type: 'SAML' })
    const list = async (query: string) => {
      const { body } = await call('GET', `/organizations/-/connections${query}`)
      return body.connections.map(({ organization_name }: { organization_name: string }) => organization_name)
    }
    expect(await list('')).toEqual(['Globex', 'Acme Robotics'])
    expect(await list('?page_size=1')).toEqual(['Globex'])
    expect(await list(':search?query=ROBOT')).toEqual(['Acme Robotics'])
    expect(await list(':search?provider=ADFS&connection_type=SAML&status=DRAFT&enabled=false')).toEqual([
      'Globex',
    ])
    expect(await list(':search?enabled=true')).toEqual([])
  })
})
