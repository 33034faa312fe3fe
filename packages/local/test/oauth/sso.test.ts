import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import { Browser } from './browser.js'
import { application, CALLBACK, CLIENT, DEV, errorOf } from './sso-client.js'

const ACME = 'org_100000000000000001'
const GLOBEX = 'org_100000000000000002'
const INITECH = 'org_100000000000000003'

let local: LocalScalekit
let app: ReturnType<typeof application>
let token: string
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
  app = application(local.url)
})
beforeEach(async () => {
  await local.reset()
  const sdk = new Scalekit(`${local.url}/${DEV}`, CLIENT.client_id, CLIENT.client_secret)
  token = await sdk.generateClientToken(CLIENT.client_id, CLIENT.client_secret).then(String)
})
afterAll(() => local.close())

async function api(method: string, path: string, body?: unknown) {
  const response = await fetch(`${app.issuer}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  expect(response.status, text).toBeLessThan(300)
  return JSON.parse(text) as Record<string, { id: string }>
}

/** A connection of an organization to the simulator, enabled. */
async function connect(organization: string, connection: Record<string, unknown> = {}): Promise<string> {
  const created = await api('POST', `/organizations/${organization}/connections`, {
    type: 'OIDC',
    provider: 'IDP_SIMULATOR',
    ...connection,
  })
  const id = created.connection?.id ?? ''
  await api('PATCH', `/organizations/${organization}/connections/${id}:enable`)
  return id
}

describe('signing in through a connection', () => {
  it('creates the user in its organization: the first is a creator, later ones are members', async () => {
    await local.database.db.deleteFrom('memberships').where('organization_id', '=', INITECH).execute()
    const connection_id = await connect(INITECH)
    await api('POST', `/organizations/${INITECH}/domains`, {
      domain: 'initech.example',
      domain_type: 'ORGANIZATION_DOMAIN',
    })
    const signIn = async (email: string) => {
      const end = await app.simulate(
        { connection_id },
        { email, given_name: 'Peter', family_name: 'Gibbons' },
      )
      return app.finish(end.url, end.verifier)
    }
    const first = await signIn('peter@initech.example')
    expect(first.id).toMatchObject({
      email: 'peter@initech.example',
      name: 'Peter Gibbons',
      oid: INITECH,
      roles: ['admin'],
      amr: [connection_id],
    })
    expect(first.access).toMatchObject({ oid: INITECH, sub: first.id.sub, aud: [CLIENT.client_id] })
    expect((await signIn('milton@initech.example')).id.roles).toEqual(['member'])
    expect((await signIn('PETER@initech.example')).id.sub).toBe(first.id.sub)
  })

  it('is in the authentication log with its connection, also where the identity provider refuses', async () => {
    const connection_id = await connect(ACME)
    const end = await app.simulate({ connection_id }, { email: 'ana@acme.example' })
    await app.finish(end.url, end.verifier)
    const at = await app.start({ login_hint: 'ben@acme.example' })
    const refused = await at.browser.submit(at.url, at.page, { answer: 'refuse' })
    expect(errorOf(refused.url)).toBe('access_denied')
    const { authRequests } = await api('GET', '/logs/authentication/requests')
    const sso = { connection_id, connection_type: 'OIDC', organization_id: ACME }
    expect(authRequests).toMatchObject([
      { email: 'ben@acme.example', status: 'failure', ...sso, connection_provider: 'IDP_SIMULATOR' },
      { email: 'ana@acme.example', status: 'success', ...sso, connection_provider: 'IDP_SIMULATOR' },
    ])
  })

  it('finds the connection by organization, domain and e-mail address', async () => {
    const connection = await connect(ACME)
    for (const params of [
      { organization_id: ACME },
      { domain: 'acme.example' },
      { domain_hint: 'ACME.example' },
      { login_hint: 'ana@acme.example' },
    ] as Record<string, string>[]) {
      const at = await app.start(params)
      expect(at.url, JSON.stringify(params)).toContain(`/simulator/${connection}/`)
      if (params.login_hint) expect(at.page).toContain('value="ana@acme.example"')
    }
  })

  it('asks the identity provider even when somebody is signed in already', async () => {
    const browser = new Browser()
    const connection_id = await connect(ACME)
    const first = await app.simulate({ connection_id }, { email: 'ana@acme.example' }, browser)
    expect((await app.finish(first.url, first.verifier)).id.oid).toBe(ACME)
    const again = await app.start({}, browser)
    expect((await app.finish(again.url, again.verifier)).id.oid).toBe(ACME)
    expect((await app.start({ connection_id }, browser)).page).toContain('Identity provider simulator')
  })

  it('accepts an invitation', async () => {
    const connection_id = await connect('org_100000000000000004')
    const end = await app.simulate({ connection_id }, { email: 'eve@umbrella.example' })
    expect((await app.finish(end.url, end.verifier)).id).toMatchObject({
      sub: 'usr_100000000000000105',
      oid: 'org_100000000000000004',
    })
  })

  it.each<[string, Record<string, string>]>([
    ['invalid_connection_selector', { connection_id: 'conn_999' }],
    ['invalid_connection_selector', { connection_id: 'conn_100000000000000003' }],
    ['connection_not_active', { connection_id: 'conn_100000000000000002' }],
    ['invalid_organization_id', { organization_id: 'org_999' }],
    ['no_active_connections', { provider: 'google' }],
  ])('tells the client %s', async (error, params) => {
    expect(errorOf((await app.start(params)).url)).toBe(error)
  })

  it('tells the client that the identity provider refused', async () => {
    const at = await app.start({ connection_id: await connect(ACME) })
    const end = await at.browser.submit(at.url, at.page, { answer: 'refuse' })
    expect(errorOf(end.url)).toBe('access_denied')
    expect(new URL(end.url).searchParams.get('state')).toBe('the state')
  })

  it('is not for people of another organization, nor for addresses of its domain', async () => {
    const connection_id = await connect(INITECH)
    for (const email of ['ana@acme.example', 'new@acme.example', 'new@globex.example']) {
      expect(errorOf((await app.simulate({ connection_id }, { email })).url)).toBe('access_denied')
    }
  })

  it('is good for its own organization only, for every client and as long as the session lasts', async () => {
    // Chi is an administrator at Globex, and a guest at Acme.
    const browser = new Browser()
    const connection_id = await connect(ACME)
    const end = await app.simulate({ connection_id }, { email: 'chi@globex.example' }, browser)
    const { access, tokens } = await app.finish(end.url, end.verifier)
    expect(access).toMatchObject({ oid: ACME, roles: ['guest'], permissions: ['projects:read'] })
    const userinfo = await fetch(`${app.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    })
    expect(await userinfo.json()).toMatchObject({ oid: ACME, roles: ['guest'] })
    const silent = await app.start({}, browser)
    const next = await app.finish(silent.url, silent.verifier)
    expect(next.access.oid).toBe(ACME)
    const refreshed = await fetch(`${app.issuer}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: next.tokens.refresh_token,
        ...CLIENT,
      }),
    })
    const { access_token } = (await refreshed.json()) as { access_token: string }
    expect(JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString()).oid).toBe(ACME)
  })

  it('belongs to the browser that started it', async () => {
    const at = await app.start({ connection_id: await connect(ACME) })
    const mine = await at.browser.open(at.url, {
      method: 'POST',
      headers: { origin: local.url },
      body: new URLSearchParams({
        csrf: /name="csrf" value="([^"]+)"/.exec(at.page)?.[1] ?? '',
        email: 'ana@acme.example',
      }),
    })
    // The simulator goes on to the callback; somebody else opens it.
    let location = new URL(mine.headers.get('location') ?? '', local.url).href
    while (!location.includes('/callback?')) {
      const next = await at.browser.open(location)
      location = new URL(next.headers.get('location') ?? '', location).href
    }
    const stolen = await new Browser().follow(location)
    expect([stolen.response.status, stolen.url]).toEqual([400, expect.stringContaining('/sso?ticket=')])
    const replayed = await at.browser.follow(location)
    expect(replayed.response.status).toBe(400)
  })
})

describe('a connection to another OpenID Connect provider', () => {
  // Another environment is the identity provider: a real one, with a client, a secret and discovery.
  const IDP = 'env_100000000000000002'
  const configure = async (settings: Record<string, unknown> = {}) => {
    const { connection } = await api('POST', `/organizations/${INITECH}/connections`, {
      type: 'OIDC',
      provider: 'OKTA',
    })
    const id = connection?.id ?? ''
    await api('PATCH', `/organizations/${INITECH}/connections/${id}`, {
      provider: 'OKTA',
      oidc_config: {
        issuer: `${local.url}/${IDP}`,
        client_id: 'skc_100000000000000002',
        client_secret: 'test_local_secret',
        ...settings,
      },
    })
    await api('PATCH', `/organizations/${INITECH}/connections/${id}:enable`)
    const callback = `${local.url}/${DEV}/sso/v1/oidc/${id}/callback`
    await local.database.db
      .updateTable('clients')
      .set({ data: JSON.stringify({ post_login_uris: [callback] }) })
      .where('id', '=', 'skc_100000000000000002')
      .execute()
    return id
  }

  it('discovers it, signs in there, and takes its word', async () => {
    await api('POST', `/organizations/${INITECH}/domains`, {
      domain: 'contoso.example',
      domain_type: 'ORGANIZATION_DOMAIN',
    })
    const at = await app.start({ connection_id: await configure() })
    expect(at.url).toContain(`/${IDP}/interaction/`)
    const end = await at.browser.submit(at.url, at.page, { person: 'usr_100000000000000112' })
    expect((await app.finish(end.url, at.verifier)).id).toMatchObject({
      email: 'omar@contoso.example',
      oid: INITECH,
    })
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['a wrong secret', { client_secret: 'wrong_local_secret' }, 'failed_to_exchange_token'],
    ['another audience', { client_id: 'skc_100000000000000001' }, ''],
  ])('refuses it with %s', async (_name, settings, error) => {
    const at = await app.start({ connection_id: await configure(settings) })
    if (error === '') return expect(at.response.status).toBe(400)
    const end = await at.browser.submit(at.url, at.page, { person: 'usr_100000000000000112' })
    expect(errorOf(end.url)).toBe(error)
  })

  it.each<[string, Record<string, unknown>]>([
    ['an issuer that nobody serves', { issuer: 'http://localhost:1/' }],
    ['a discovery document of somebody else', { issuer: 'https://idp.example', discovery_endpoint: '' }],
  ])('refuses %s before anybody is sent there', async (_name, settings) => {
    const own = {
      ...settings,
      ...('discovery_endpoint' in settings && { discovery_endpoint: `${local.url}/${IDP}` }),
    }
    const error = errorOf((await app.start({ connection_id: await configure(own) })).url)
    expect(['identity_provider_failed', 'connection_misconfigured']).toContain(error)
  })
})

describe('choosing an organization', () => {
  it('is asked of who belongs to several, and counts', async () => {
    const at = await app.start({})
    const question = await at.browser.submit(at.url, at.page, { person: 'usr_100000000000000103' })
    expect(question.page).toContain('Choose an organization')
    expect(question.page).toContain('Acme Robotics')
    const end = await at.browser.submit(question.url, question.page ?? '', {
      person: 'usr_100000000000000103',
      organization: ACME,
    })
    expect((await app.finish(end.url, at.verifier)).id).toMatchObject({ oid: ACME, roles: ['guest'] })
    const switched = await app.start({ organization_id: GLOBEX }, at.browser)
    expect((await app.finish(switched.url, switched.verifier)).id).toMatchObject({
      oid: GLOBEX,
      roles: ['admin'],
    })
  })

  it('is refused for an organization that the person is not in', async () => {
    const at = await app.start({ organization_id: GLOBEX })
    const refused = await at.browser.submit(at.url, at.page, { person: 'usr_100000000000000101' })
    expect(refused.response.status).toBe(422)
    expect(refused.page).toContain('does not belong to the organization')
  })

  it('is not asked of who has no choice', async () => {
    const at = await app.start({})
    const end = await at.browser.submit(at.url, at.page, { person: 'usr_100000000000000101' })
    expect(new URL(end.url).href.startsWith(CALLBACK)).toBe(true)
  })
})

describe('a social connection', () => {
  beforeEach(async () => {
    await local.database.db
      .updateTable('connections')
      .set({
        ...{ organization_id: null, type: 'OAUTH', provider: 'GOOGLE', enabled: 1, status: 'COMPLETED' },
        data: JSON.stringify({ settings_case: 'oauthConfig', settings: { usePlatformCreds: true } }),
      })
      .where('id', '=', 'conn_100000000000000002')
      .execute()
  })

  it.each([['google'], ['GOOGLE']])('is chosen by provider=%s', async (provider) => {
    const end = await app.simulate({ provider }, { email: 'ana@acme.example' })
    const { id } = await app.finish(end.url, end.verifier)
    expect(id).toMatchObject({ email: 'ana@acme.example', amr: ['conn_100000000000000002'] })
  })

  it('is offered on the sign-in page, and signs up who is new', async () => {
    const at = await app.start({})
    const [, href = '', title] = /href="([^"]+\/with\/[^"]+)"[^>]*>([^<]+)</.exec(at.page) ?? []
    expect(title?.trim()).toBe('Continue with Google')
    const idp = await at.browser.follow(new URL(href, at.url).href)
    expect(idp.page).toContain('Identity provider simulator')
    const end = await at.browser.submit(idp.url, idp.page ?? '', {
      ...{ answer: 'sign-in', email: 'new@mail.example', given_name: 'Nia' },
    })
    expect((await app.finish(end.url, at.verifier)).id).toMatchObject({ email: 'new@mail.example' })
  })

  it('is neither offered nor taken when it is off, an app’s, an organization’s or another environment’s', async () => {
    const connections = () =>
      local.database.db.updateTable('connections').where('id', '=', 'conn_100000000000000002')
    for (const change of [
      { enabled: 0 },
      { enabled: 1, data: JSON.stringify({ is_app: true, settings: { usePlatformCreds: true } }) },
    ]) {
      await connections().set(change).execute()
      const at = await app.start({})
      expect(at.page).not.toContain('Continue with Google')
      const forced = await at.browser.follow(`${at.url}/with/conn_100000000000000002`)
      expect(errorOf(forced.url)).toMatch(/^(connection_not_active|invalid_connection_selector)$/)
    }
    const at = await app.start({})
    expect(errorOf((await at.browser.follow(`${at.url}/with/conn_999`)).url)).toBe(
      'invalid_connection_selector',
    )
    await connections().set({ organization_id: 'org_100000000000000001', enabled: 1, data: '{}' }).execute()
    expect((await app.start({})).page).not.toContain('Continue with')
  })
})
