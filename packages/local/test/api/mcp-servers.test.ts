import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { authorize, pkce, REDIRECT_URI, redeem } from '../oauth/authorization-code.js'
import { DEV, type Local, PRD, startLocal } from './local.js'

const GREETING = 'res_100000000000000002'
const ANA = 'usr_100000000000000101'

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
const register = (body: object) =>
  call('POST', '/resources', { resource_type: 'MCP_SERVER', name: 'Robots', ...body })

describe('MCP servers', () => {
  it('are registered with their URL, and have an authorization server at once', async () => {
    const { status, body } = await register({
      resource_id: 'https://mcp.acme.example/robots',
      description: 'Drives robots',
      scopes: ['user:read', 'robots:drive'],
      enable_cimd: true,
      access_token_expiry: '600',
    })
    expect(status).toBe(200)
    const { id } = body.resource
    expect(id).toMatch(/^res_\d{18}$/)
    const issuer = `${local.url}/${DEV}/resources/${id}`
    expect(body.resource).toMatchObject({
      name: 'Robots',
      resource_id: 'https://mcp.acme.example/robots',
      resource_type: 'MCP_SERVER',
      description: 'Drives robots',
      access_token_expiry: '600',
      refresh_token_expiry: '2592000',
      disable_dynamic_client_registration: false,
      enable_cimd: true,
      xaa_enabled: false,
      provider: '',
      scopes: [
        { id: expect.stringMatching(/^scp_/), name: 'user:read', enabled: true },
        { id: expect.stringMatching(/^scp_/), name: 'robots:drive', enabled: true },
      ],
      protected_metadata: {
        resource: 'https://mcp.acme.example/robots',
        authorization_servers: [issuer],
        scopes_supported: ['user:read', 'robots:drive'],
      },
      protected_metadata_uri: 'https://mcp.acme.example/.well-known/oauth-protected-resource/robots',
    })
    const metadata = await local.rest('GET', `/${DEV}/resources/${id}/.well-known/oauth-authorization-server`)
    expect(metadata.body).toMatchObject({
      issuer,
      registration_endpoint: `${local.url}/${DEV}/api/v1/resources/${id}/clients:register`,
      client_id_metadata_document_supported: true,
      scopes_supported: expect.arrayContaining(['robots:drive']),
    })
    expect((await call('GET', `/resources/${id}`)).body).toEqual(body)
  })

  it('are listed by their type, newest first, in pages', async () => {
    await register({ name: 'two' })
    await register({ name: 'three' })
    const names = async (query: string) =>
      (await call('GET', `/resources?resource_type=${query}`)).body.resources.map(
        ({ name }: { name: string }) => name,
      )
    const first = await call('GET', '/resources?resource_type=MCP_SERVER&page_size=2')
    expect([first.body.total_size, first.body.resources[0].name]).toEqual([4, 'three'])
    const next = `MCP_SERVER&page_size=2&page_token=${first.body.next_page_token}`
    expect(await names(next)).toEqual(['Greeting', 'Scalekit environment'])
    const back = (await call('GET', `/resources?resource_type=${next}`)).body.prev_page_token
    expect(await names(`MCP_SERVER&page_size=2&page_token=${back}`)).toEqual(['three', 'two'])
    expect(await names('WEB')).toEqual([])
    expect((await call('GET', '/resources')).status).toBe(400)
  })

  it('are changed in what a PATCH names', async () => {
    const url = `/resources/${GREETING}`
    const changed = await call('PATCH', url, {
      name: 'Hello',
      scopes: ['admin'],
      disable_dynamic_client_registration: true,
      enable_cimd: false,
    })
    expect(changed.body.resource).toMatchObject({
      name: 'Hello',
      resource_id: 'http://localhost:3003/mcp',
      scopes: [{ name: 'admin' }],
      disable_dynamic_client_registration: true,
      enable_cimd: false,
      xaa_enabled: true,
    })
    const metadata = `/${DEV}/resources/${GREETING}/.well-known/oauth-authorization-server`
    expect((await local.rest('GET', metadata)).body).not.toHaveProperty('registration_endpoint')
    expect((await call('PATCH', url, { scopes: [] })).body.resource.scopes).toEqual([])
    expect((await call('PATCH', url, { name: '' })).status).toBe(400)
    expect(
      (await call('PATCH', url, { resource_id: 'https://new.example/mcp' })).body.resource,
    ).toMatchObject({
      name: 'Hello',
      resource_id: 'https://new.example/mcp',
    })
  })

  it('have a URL that no other has', async () => {
    for (const resource_id of ['http://localhost:3003/mcp', 'http://LOCALHOST:3003/mcp/']) {
      expect(await register({ resource_id })).toMatchObject({ status: 409, body: { code: 6 } })
    }
    const { body } = await register({ resource_id: 'https://a.example/mcp' })
    const moved = { resource_id: 'http://localhost:3003/mcp' }
    expect((await call('PATCH', `/resources/${body.resource.id}`, moved)).status).toBe(409)
    for (const resource_id of ['mcp', 'ftp://a.example/', 'https://a.example/#x', 'https://me@b.example/'])
      expect((await register({ resource_id })).status, resource_id).toBe(400)
    expect((await register({ scopes: ['not a scope'] })).status).toBe(400)
    expect((await register({ scopes: ['scp_1'] })).status).toBe(404)
    expect((await register({ name: '' })).status).toBe(400)
  })

  it.each([
    { access_token_expiry: -3 },
    { access_token_expiry: '99999999999' },
    { refresh_token_expiry: -1 },
    { refresh_token_expiry: 31_536_001 },
    { provider: 'bogus' },
  ])('are refused with %j', async (fields) => {
    const { status, body } = await call('PATCH', `/resources/${GREETING}`, fields)
    const field = `resource.${Object.keys(fields)[0]}`
    expect([status, body.details[0].validation_error_info.field_violations[0].field]).toEqual([400, field])
    expect((await register(fields)).status).toBe(400)
  })

  it('go back to Scalekit for their sign-in', async () => {
    const { id } = (await register({})).body.resource
    const own = { custom_connection_settings: { authorize_uri: 'https://a.example/login' } }
    const { resource } = (await call('PATCH', `/resources/${id}`, own)).body
    expect(resource).toMatchObject({
      provider: resource.connection_details.id,
      connection_details: { type: 'CUSTOM', settings: { authorize_uri: 'https://a.example/login' } },
    })
    const answer = await call('PUT', `/resources/${id}/provider:delete`)
    expect([answer.status, answer.body.resource.provider]).toEqual([200, ''])
    expect((await call('PUT', '/resources/res_1/provider:delete')).status).toBe(404)
  })

  it.each(['/login', 'ftp://a.example/login'])('do not sign in at %j', async (authorize_uri) => {
    const { id } = (await register({})).body.resource
    const own = { custom_connection_settings: { authorize_uri } }
    expect((await call('PATCH', `/resources/${id}`, own)).status).toBe(400)
  })

  it('are deleted with all that their authorization server holds', async () => {
    const { client_id } = await registerClient()
    expect((await call('DELETE', `/resources/${GREETING}`)).status).toBe(200)
    expect((await call('GET', `/resources/${GREETING}`)).status).toBe(404)
    expect((await call('DELETE', `/resources/${GREETING}`)).status).toBe(404)
    const left = await local.database.db.selectFrom('oidc_records').select('payload').execute()
    expect(JSON.stringify(left)).not.toContain(client_id)
  })

  it('of another environment are not found', async () => {
    const other = await local.client(PRD)
    for (const [method, body] of [['GET'], ['PATCH', { name: 'Mine' }], ['DELETE']] as const)
      expect((await call(method, `/resources/${GREETING}`, body, other)).status).toBe(404)
    expect(
      (await call('GET', '/resources?resource_type=MCP_SERVER', undefined, other)).body.resources,
    ).toEqual([])
  })
})

describe('the clients of an MCP server', () => {
  const url = `/resources/${GREETING}/clients`

  it('are made here, or register themselves', async () => {
    const made = await call('POST', url, { name: 'Script', redirect_uris: [REDIRECT_URI] })
    expect(made.body).toMatchObject({
      client: { name: 'Script', resource_id: GREETING, is_dcr: false, redirect_uris: [REDIRECT_URI] },
      plain_secret: expect.any(String),
    })
    const { client_id } = await registerClient()
    const { body } = await call('GET', url)
    expect(body).toMatchObject({
      total_static_clients: 1,
      total_dcr_clients: 1,
      clients: [{ name: 'Script' }, { client_id, name: 'Agent', is_dcr: true }],
    })
    const id = made.body.client.client_id
    expect(id).toMatch(/^m2m_\d{18}$/)
    const changed = await call('PATCH', `${url}/${id}`, { redirect_uris: [] })
    expect(changed.body.client).toMatchObject({ name: 'Script', redirect_uris: [] })
    expect((await call('PATCH', `${url}/${client_id}`, { name: 'X' })).body.code).toBe(9)
    for (const one of [id, client_id]) {
      expect((await call('GET', `${url}/${one}`)).body.client.client_id).toBe(one)
      expect((await call('DELETE', `${url}/${one}`)).status).toBe(200)
      expect((await call('GET', `${url}/${one}`)).status).toBe(404)
    }
    expect((await call('POST', '/resources/res_1/clients', { name: 'X' })).status).toBe(404)
    expect((await call('POST', url, { redirect_uris: ['javascript:alert(1)'] })).status).toBe(400)
  })

  it('show who allowed them what, until it is revoked', async () => {
    const { client_id, tokens } = await allow()
    const consents = `/user_consents?resource_id=${GREETING}`
    const { body } = await call('GET', consents)
    expect(body).toMatchObject({
      total_size: 1,
      consents: [
        {
          external_user_id: ANA,
          client_id,
          client_name: 'Agent',
          scopes: ['user:read'],
          granted_at: expect.any(String),
        },
      ],
    })
    const { id } = body.consents[0]
    expect((await call('GET', `${url}/${client_id}`)).body.consented_users).toEqual([
      { consent_id: id, external_user_id: ANA, scopes: ['user:read'] },
    ])
    expect((await call('GET', `${consents}&search=nobody`)).body.consents).toEqual([])
    expect((await call('DELETE', `/clients/m2m_1/consents/${id}`)).status).toBe(404)
    const other = await local.client(PRD)
    expect((await call('DELETE', `/clients/${client_id}/consents/${id}`, undefined, other)).status).toBe(404)

    expect((await call('DELETE', `/clients/${client_id}/consents/${id}`)).status).toBe(200)
    expect((await call('GET', consents)).body.consents).toEqual([])
    const refresh = await fetch(`${local.url}/${DEV}/resources/${GREETING}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: tokens.refresh_token,
        client_id,
      }),
    })
    expect(refresh.status).toBe(400)
    expect(await local.database.db.selectFrom('revoked_tokens').selectAll().execute()).toHaveLength(1)
  })
})

describe('the consents of a user', () => {
  it('are theirs to see and to revoke', async () => {
    await allow()
    const session = await local.session(ANA)
    const bens = await local.session('usr_100000000000000102')
    const url = '/agent-consents:this'
    const { body } = await call('GET', url, undefined, session)
    expect(body).toMatchObject({ total_size: 1, consents: [{ external_user_id: ANA, client_name: 'Agent' }] })
    const { id } = body.consents[0]
    expect((await call('GET', url, undefined, bens)).body.consents).toEqual([])
    expect((await call('DELETE', `${url}/${id}`, undefined, bens)).status).toBe(404)
    expect((await call('DELETE', `${url}/${id}`)).status).toBe(403)
    expect((await call('DELETE', `${url}/${id}`, undefined, session)).status).toBe(200)
    expect((await call('GET', url, undefined, session)).body.consents).toEqual([])
  })
})

async function registerClient(): Promise<{ client_id: string }> {
  const { status, body } = await local.rest('POST', `/${DEV}/api/v1/resources/${GREETING}/clients:register`, {
    headers: { 'content-type': 'application/json' },
    body: {
      client_name: 'Agent',
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token'],
    },
  })
  expect(status).toBe(201)
  return body
}

/** Ana allows a client to read her user data. */
async function allow() {
  const issuer = `${local.url}/${DEV}/resources/${GREETING}`
  const { client_id } = await registerClient()
  const { verifier, challenge } = pkce()
  const params = { scope: 'user:read offline_access', resource: 'http://localhost:3003/mcp' }
  const redirect = await authorize({ issuer, client_id, challenge, params, person: 'ana@acme.example' })
  const response = await redeem(issuer, client_id, redirect, verifier)
  return { client_id, tokens: (await response.json()) as { refresh_token: string } }
}

describe('the address of an MCP server', () => {
  const port = () => new URL(local.url).port
  it.each([
    ['the issuer', () => `${local.url}/${DEV}`],
    ['under the issuer', () => `${local.url}/${DEV}/mcp`],
    ['the workspace', () => `${local.url}/workspace`],
    ['another environment', () => `${local.url}/${PRD}/`],
    ['the origin', () => local.url],
    ['upper case', () => `HTTP://LOCALHOST:${port()}/${DEV.toUpperCase()}`],
    ['percent-encoded', () => `${local.url}/%65nv_100000000000000001/mcp`],
    ['dot segments', () => `${local.url}/x/../${DEV}`],
    ['another scheme', () => `https://localhost:${port()}/${DEV}`],
    ['127.0.0.1', () => `http://127.0.0.1:${port()}/${DEV}`],
    ['127.1', () => `http://127.1:${port()}/${DEV}`],
    ['a number', () => `http://2130706433:${port()}/${DEV}`],
    ['[::1]', () => `http://[::1]:${port()}/${DEV}`],
    ['IPv4 in IPv6', () => `http://[::ffff:127.0.0.1]:${port()}/${DEV}`],
    ['any address', () => `http://0.0.0.0:${port()}/${DEV}`],
    ['a name under localhost', () => `http://mcp.localhost:${port()}/${DEV}`],
    ['a dot at the end', () => `http://localhost.:${port()}/${DEV}`],
  ])('is not one of this environment itself: %s', async (_what, url) => {
    const refused = {
      status: 400,
      body: {
        code: 3,
        details: [{ validation_error_info: { field_violations: [{ field: 'resource.resource_id' }] } }],
      },
    }
    expect(await register({ resource_id: url() })).toMatchObject(refused)
    const change = { resource_id: url() }
    const path = `/resources/${GREETING}?update_mask=resource_id`
    expect(await call('PATCH', path, change)).toMatchObject(refused)
  })

  it('may be another port of this machine', async () => {
    expect((await register({ resource_id: 'http://localhost:3999/mcp' })).status).toBe(200)
  })
})
