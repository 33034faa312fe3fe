import { createHash } from 'node:crypto'
import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import { type Says, startOidcIdp } from './oidc-idp.js'
import { application, CLIENT, errorOf } from './sso-client.js'

const ACME = 'org_100000000000000001'
const US = 'our-client'
const SECRET = 'their secret'

let local: LocalScalekit
let app: ReturnType<typeof application>
let sdk: Scalekit
let idp: Awaited<ReturnType<typeof startOidcIdp>>
let count = 0
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
  app = application(local.url)
  sdk = new Scalekit(app.issuer, CLIENT.client_id, CLIENT.client_secret)
  idp = await startOidcIdp(US)
})
afterAll(async () => {
  idp.close()
  await local.close()
})

async function call(method: string, path: string, body?: unknown) {
  const token = await sdk.generateClientToken(CLIENT.client_id, CLIENT.client_secret).then(String)
  const response = await fetch(`${app.issuer}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: an answer of the API.
  return { status: response.status, body: (await response.json()) as any }
}

describe.each([
  ['of an organization', `/organizations/${ACME}/connections`, 'acme.example'],
  ['of the environment', '/connections', 'mail.example'],
])('the settings of an OpenID Connect connection %s', (_, path, domain) => {
  /** A connection to the identity provider with these settings. */
  async function create(settings: Record<string, unknown> = {}) {
    const { body } = await call('POST', path, {
      ...{ type: 'OIDC', provider: 'OKTA' },
    })
    const { id } = body.connection
    const oidc_config = { issuer: idp.issuer, client_id: US, client_secret: SECRET, ...settings }
    const patched = await call('PATCH', `${path}/${id}`, { provider: 'OKTA', oidc_config })
    expect(patched.status, JSON.stringify(patched.body)).toBe(200)
    return { id: String(id), status: patched.body.connection.status }
  }

  async function connect(settings?: Record<string, unknown>): Promise<string> {
    const { id } = await create(settings)
    expect((await call('PATCH', `${path}/${id}:enable`)).status).toBe(200)
    return id
  }

  const person = () => ({ sub: `${++count}`, email: `person${count}@${domain}`, email_verified: true })

  /** Signs in at the identity provider, which says this of somebody new, and what is given. */
  async function signIn(connection_id: string, said: Partial<Says> = {}) {
    idp.asked.length = 0
    const at = await app.start({ connection_id })
    const { pathname, searchParams: params } = new URL(at.url)
    idp.says({ ...said, claims: { nonce: params.get('nonce'), ...person(), ...said.claims } })
    const query = new URLSearchParams({ code: 'x', state: params.get('state') ?? '' })
    const end = await at.browser.follow(`${params.get('redirect_uri')}?${query}`)
    const paths = [pathname, ...idp.asked.map(({ path }) => path)]
    const token = idp.asked.find(({ path }) => path.endsWith('/token'))
    return { params, paths, token, url: end.url, finish: () => app.finish(end.url, at.verifier) }
  }

  it.each<[string, string, Partial<Says>]>([
    ['authorize_uri', 'authorize', {}],
    ['token_uri', 'token', {}],
    ['jwks_uri', 'keys', { keys: 'set' }],
    ['user_info_uri', 'userinfo', { userinfo: { department: 'Sales' } }],
  ])('%s replaces the endpoint that is discovered', async (field, name, said) => {
    const { paths, finish } = await signIn(await connect({ [field]: idp.set(name) }), said)
    expect(paths).toContain(`/set/${name}`)
    expect(paths).not.toContain(`/${name}`)
    expect((await finish()).id).toMatchObject({ email: `person${count}@${domain}`, ...said.userinfo })
  })

  it('jwks_uri decides whose signature counts', async () => {
    expect(errorOf((await signIn(await connect(), { keys: 'set' })).url)).toBe('invalid_id_token')
    const other = await signIn(await connect({ jwks_uri: idp.set('keys') }), { keys: 'discovered' })
    expect(errorOf(other.url)).toBe('invalid_id_token')
  })

  const endpoints = () => ({
    authorize_uri: idp.set('authorize'),
    token_uri: idp.set('token'),
    jwks_uri: idp.set('keys'),
  })

  it('issuer and endpoints together need no discovery', async () => {
    const { paths, finish } = await signIn(await connect(endpoints()), { keys: 'set' })
    expect(paths).toEqual(['/set/authorize', '/set/token', '/set/keys'])
    expect((await finish()).id).toMatchObject({ email: `person${count}@${domain}` })
  })

  it('issuer is that of the ID token, and endpoints alone are not enough', async () => {
    const other = await connect({ ...endpoints(), issuer: 'https://other.example' })
    expect(errorOf((await signIn(other, { keys: 'set' })).url)).toBe('invalid_id_token')
    const { id, status } = await create({ ...endpoints(), issuer: '' })
    expect(status).toBe('IN_PROGRESS')
    expect((await call('PATCH', `${path}/${id}:enable`)).status).toBe(400)
  })

  it('discovery_endpoint is enough without an issuer', async () => {
    const id = await connect({ issuer: '', discovery_endpoint: idp.discovery })
    const { paths, finish } = await signIn(id)
    expect(paths).toContain('/.well-known/openid-configuration')
    expect((await finish()).id).toMatchObject({ email: `person${count}@${domain}` })
  })

  it('scopes are those of the request, with openid', async () => {
    const standard = await signIn(await connect())
    expect(standard.params.get('scope')).toBe('openid profile email')
    const { params } = await signIn(await connect({ scopes: ['email', 'phone'] }))
    expect(params.get('scope')).toBe('openid email phone')
  })

  const basic = `Basic ${Buffer.from(`${US}:${encodeURIComponent(SECRET)}`).toString('base64')}`
  it.each<[string | undefined, string | undefined, string | null]>([
    [undefined, basic, null],
    ['BASIC_AUTH', basic, null],
    ['URL_PARAMS', undefined, SECRET],
  ])('client_id and client_secret are sent as token_auth_type says: %s', async (type, header, inBody) => {
    const { params, token } = await signIn(await connect({ token_auth_type: type }))
    expect(params.get('client_id')).toBe(US)
    expect(token?.headers.authorization).toBe(header)
    expect(token?.body.get('client_secret')).toBe(inBody)
    expect(token?.body.get('client_id')).toBe(inBody && US)
  })

  it.each([[true], [undefined]])('pkce_enabled %s binds the code to the request', async (pkce_enabled) => {
    const { params, token } = await signIn(await connect({ pkce_enabled }))
    const verifier = token?.body.get('code_verifier') ?? ''
    expect(params.get('code_challenge_method')).toBe('S256')
    expect(params.get('code_challenge')).toBe(createHash('sha256').update(verifier).digest('base64url'))
  })

  it('pkce_enabled false sends no challenge', async () => {
    const { params, token, finish } = await signIn(await connect({ pkce_enabled: false }))
    expect([params.get('code_challenge'), params.get('code_challenge_method')]).toEqual([null, null])
    expect(token?.body.get('code_verifier')).toBeNull()
    await finish()
  })

  it('sync_user_profile_on_login changes the profile at each sign-in', async () => {
    const somebody = person()
    const as = async (id: string, given_name: string) => {
      const { finish } = await signIn(id, { claims: { ...somebody, given_name, family_name: 'Silva' } })
      return (await finish()).id.name
    }
    const kept = await connect({ sync_user_profile_on_login: false })
    expect(await as(kept, 'Ana')).toBe('Ana Silva')
    expect(await as(kept, 'Anna')).toBe('Ana Silva')
    const synced = await connect({ sync_user_profile_on_login: true })
    expect(await as(synced, 'Anna')).toBe('Anna Silva')
  })

  it('jit_provisioning_with_sso_enabled decides whether somebody new gets in', async () => {
    const somebody = person()
    const as = async (jit_provisioning_with_sso_enabled: boolean) =>
      signIn(await connect({ jit_provisioning_with_sso_enabled }), { claims: somebody })
    expect(errorOf((await as(false)).url)).toBe('access_denied')
    const { sub } = (await (await as(true)).finish()).id
    expect((await (await as(false)).finish()).id.sub).toBe(sub)
  })
})
