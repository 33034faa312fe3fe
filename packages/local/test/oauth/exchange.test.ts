import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import {
  authorize,
  claimsOf,
  introspect,
  MCP_SERVER,
  MCP_SERVER_URL,
  pkce,
  postForm,
  signIn,
  WORKSPACE_CLIENT,
} from './authorization-code.js'

const DEV = 'env_100000000000000001'
const DEV_CLIENT = { client_id: 'skc_100000000000000001', client_secret: 'test_local_secret' }
const GREETING = 'res_100000000000000002'
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token'
const ID_JAG = 'urn:ietf:params:oauth:token-type:id-jag'

let local: LocalScalekit
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
})
afterAll(() => local.close())

async function mint(body: Record<string, unknown>): Promise<string> {
  const response = await fetch(`${local.url}/__local/tokens`, {
    method: 'POST',
    headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return ((await response.json()) as { access_token: string }).access_token
}

function exchange(fields: Record<string, string>, client = WORKSPACE_CLIENT, realm = 'workspace') {
  return postForm(`${local.url}/${realm}/oauth/token`, {
    grant_type: EXCHANGE,
    subject_token_type: ACCESS_TOKEN,
    ...client,
    ...fields,
  })
}

describe('token exchange (RFC 8693)', () => {
  it('turns a token for the MCP server into one for the management API, and no more', async () => {
    const { tokens } = await signIn(local.url, { scope: 'workspace:read organization:write' })
    const response = await exchange({
      subject_token: tokens.access_token,
      audience: `${local.url}/workspace`,
    })
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const body = (await response.json()) as { access_token: string; expires_in: number }
    expect(body).toMatchObject({
      issued_token_type: ACCESS_TOKEN,
      token_type: 'Bearer',
      scope: 'workspace:read organization:write',
    })
    const [before, after] = [claimsOf(tokens.access_token), claimsOf(body.access_token)]
    expect(after).toMatchObject({
      iss: `${local.url}/workspace`,
      aud: [`${local.url}/workspace`],
      sub: before.sub,
      scope: before.scope,
      act: { sub: WORKSPACE_CLIENT.client_id },
      client_id: WORKSPACE_CLIENT.client_id,
    })
    expect(Number(after.exp)).toBeLessThanOrEqual(Number(before.exp))
    const members = await fetch(`${local.url}/workspace/api/v1/members`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    })
    expect(members.status).toBe(200)
  })

  it('ends with the subject token at the latest', async () => {
    const subject_token = await mint({ subject: 'admin@example.com', expires_in: 30 })
    const body = (await (await exchange({ subject_token })).json()) as { expires_in: number }
    expect(body.expires_in).toBeLessThanOrEqual(30)
  })

  it('narrows the scope on request, and never widens it', async () => {
    const subject_token = await mint({
      subject: 'admin@example.com',
      scopes: ['workspace:read', 'workspace:write'],
    })
    const narrower = await exchange({ subject_token, scope: 'workspace:read' })
    expect(await narrower.json()).toMatchObject({ scope: 'workspace:read' })
    const wider = await exchange({ subject_token, scope: 'workspace:read organization:read' })
    expect(await wider.json()).toMatchObject({ error: 'invalid_scope' })
  })

  it('is also there in an environment, for the tokens of its own MCP servers', async () => {
    const subject_token = await mint({ subject: 'ana@acme.example', resource: GREETING })
    const own = await exchange({ subject_token }, DEV_CLIENT, DEV)
    const { access_token } = (await own.json()) as { access_token: string }
    expect(claimsOf(access_token)).toMatchObject({
      aud: [`${local.url}/${DEV}`],
      oid: 'org_100000000000000001',
    })
    expect((await exchange({ subject_token })).status).toBe(400)
  })

  it.each<[string, () => Promise<Record<string, string>>]>([
    [
      'an expired token',
      async () => ({ subject_token: await mint({ subject: 'admin@example.com', expires_in: -60 }) }),
    ],
    [
      'a token for no MCP server',
      async () => ({
        subject_token: await mint({ subject: 'admin@example.com', resource: `${local.url}/workspace` }),
      }),
    ],
    [
      'a client’s own token',
      async () => ({ subject_token: await mint({ client_id: 'skc_100000000000000000' }) }),
    ],
    ['something that is no token', async () => ({ subject_token: 'a.b.c' })],
    ['no subject token', async () => ({})],
    ['a token signed by somebody else', async () => ({ subject_token: await forged() })],
    [
      'another subject token type',
      async () => ({
        subject_token: await mint({ subject: 'admin@example.com' }),
        subject_token_type: ID_TOKEN,
      }),
    ],
    [
      'an actor token',
      async () => ({ subject_token: await mint({ subject: 'admin@example.com' }), actor_token: 'x' }),
    ],
  ])('refuses %s', async (_name, fields) => {
    const response = await exchange(await fields())
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'invalid_request' })
  })

  it('refuses another audience', async () => {
    const subject_token = await mint({ subject: 'admin@example.com' })
    const response = await exchange({ subject_token, audience: 'http://localhost:3003/mcp' })
    expect(await response.json()).toMatchObject({ error: 'invalid_target' })
  })

  describe('for another MCP server of the environment', () => {
    const OTHER = 'res_100000000000000000'
    const OTHER_URL = 'http://localhost:3004/mcp'
    const ask = async (fields: Record<string, string>, subject = 'ana@acme.example') => {
      const subject_token = await mint({ subject, resource: GREETING, scopes: ['user:read'] })
      const response = await exchange({ subject_token, ...fields }, DEV_CLIENT, DEV)
      return (await response.json()) as Record<string, string>
    }
    const permit = (may_exchange_for?: Record<string, string[]>) =>
      local.database.db
        .updateTable('resources')
        .set({ data: JSON.stringify({ xaa_enabled: true, may_exchange_for }) })
        .where('id', '=', GREETING)
        .execute()

    it('is refused unless the first one may call it', async () => {
      for (const audience of [OTHER_URL, OTHER]) {
        expect(await ask({ audience })).toMatchObject({ error: 'invalid_target' })
      }
      await permit({ [GREETING]: ['user:read'] })
      expect(await ask({ audience: OTHER_URL })).toMatchObject({ error: 'invalid_target' })
      await permit({ [OTHER]: [] })
      expect(await ask({ audience: OTHER_URL })).toMatchObject({ error: 'invalid_target' })
      await permit()
    })

    it('has the scopes that were permitted, that server has and the user can grant', async () => {
      await permit({ [OTHER]: ['organization:read', 'environment:read', 'unknown:read'] })
      const all = await ask({ audience: OTHER_URL })
      expect(all).toMatchObject({ scope: 'organization:read environment:read' })
      expect(claimsOf(all.access_token ?? '')).toMatchObject({
        aud: [OTHER_URL, OTHER],
        sub: 'usr_100000000000000101',
        oid: 'org_100000000000000001',
        act: { sub: DEV_CLIENT.client_id },
      })
      const one = await ask({ resource: OTHER, scope: 'organization:read' })
      expect(one).toMatchObject({ scope: 'organization:read' })
      for (const scope of ['organization:write', 'unknown:read', 'user:read']) {
        expect(await ask({ audience: OTHER_URL, scope })).toMatchObject({ error: 'invalid_scope' })
      }
      const both = await ask({ audience: OTHER_URL, resource: `${local.url}/${DEV}` })
      expect(both).toMatchObject({ error: 'invalid_target' })
      await permit()
    })

    it('says who acted before', async () => {
      await permit({ [OTHER]: ['organization:read'] })
      const first = await ask({ audience: OTHER_URL })
      const again = await exchange({ subject_token: first.access_token ?? '' }, DEV_CLIENT, DEV)
      const { access_token = '' } = (await again.json()) as Record<string, string>
      expect(claimsOf(access_token)).toMatchObject({
        aud: [`${local.url}/${DEV}`],
        act: { sub: DEV_CLIENT.client_id, act: { sub: DEV_CLIENT.client_id } },
      })
      await permit()
    })
  })

  it('refuses a revoked token', async () => {
    const { issuer, client_id, tokens } = await signIn(local.url)
    await postForm(`${issuer}/oauth/revoke`, { client_id, token: tokens.access_token })
    expect((await exchange({ subject_token: tokens.access_token })).status).toBe(400)
  })

  it.each([{ client_id: 'skc_100000000000000000', client_secret: 'wrong' }, DEV_CLIENT])(
    'refuses the client %o',
    async (client) => {
      const response = await exchange({ subject_token: await mint({ subject: 'admin@example.com' }) }, client)
      expect(response.status).toBe(401)
      expect(await response.json()).toMatchObject({ error: 'invalid_client' })
    },
  )

  it('is not for clients that registered themselves', async () => {
    const { client_id, tokens } = await signIn(local.url)
    const response = await postForm(`${local.url}/workspace/oauth/token`, {
      grant_type: EXCHANGE,
      client_id,
      subject_token: tokens.access_token,
      subject_token_type: ACCESS_TOKEN,
    })
    expect(response.status).toBe(401)
  })

  it('gives a token that does what the workspace role of the member allows, whatever its scopes', async () => {
    const scopes = ['workspace:write', 'environment:write', 'organization:write']
    const call = async (person: string) => {
      const subject_token = await mint({ subject: person, scopes })
      const { access_token } = (await (await exchange({ subject_token })).json()) as { access_token: string }
      const headers = { authorization: `Bearer ${access_token}`, 'x-env-domain': DEV }
      const status = async (method: string, path: string, body?: object) =>
        (
          await fetch(`${local.url}/workspace/api/v1${path}`, {
            ...{ method, headers },
            ...(body && { body: JSON.stringify(body) }),
          })
        ).status
      return [
        await status('GET', '/members'),
        await status('POST', '/members', { email: `${Date.now()}@example.com`, role: 'ADMIN' }),
        await status('POST', '/organizations', { display_name: 'Written' }),
        await status('PATCH', '/members:this', { first_name: 'Vera' }),
      ]
    }
    expect(await call('viewer@example.com')).toEqual([200, 403, 403, 403])
    expect(await call('admin@example.com')).toEqual([200, 200, 201, 200])
  })

  it('gives a token that reads only when no write scope was granted', async () => {
    const subject_token = await mint({ subject: 'admin@example.com', scopes: ['organization:read'] })
    const { access_token } = (await (await exchange({ subject_token })).json()) as { access_token: string }
    const response = await fetch(`${local.url}/${DEV}/api/v1/organizations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ organization: { display_name: 'Written' } }),
    })
    expect(response.status).toBe(403)
  })
})

describe('an identity assertion (ID-JAG)', () => {
  const IDP = 'env_100000000000000002'
  const IDP_CLIENT = { client_id: 'skc_100000000000000002', client_secret: 'test_local_secret' }
  const audience = () => `${local.url}/${DEV}/resources/${GREETING}`

  beforeAll(async () => {
    const { db } = local.database
    const times = { created_at: Date.now(), updated_at: Date.now() }
    // Ana is known to the identity provider too, and it knows its client's name at the MCP server.
    const ana = {
      id: 'usr_100000000000000999',
      email: 'ana@acme.example',
      external_id: null,
      data: '{}',
      ...times,
    }
    await db
      .insertInto('users')
      .values({ environment_id: IDP, ...ana })
      .execute()
    const { data } = await db
      .selectFrom('clients')
      .select('data')
      .where('id', '=', IDP_CLIENT.client_id)
      .executeTakeFirstOrThrow()
    const connected = { ...JSON.parse(data), cross_app_clients: { [GREETING]: DEV_CLIENT.client_id } }
    await db
      .updateTable('clients')
      .set({ data: JSON.stringify(connected) })
      .where('id', '=', IDP_CLIENT.client_id)
      .execute()
  })

  /** Somebody signs in to an application, which asks the identity provider for an assertion about them. */
  async function assertion(person = 'ana@acme.example', more: Record<string, string> = {}): Promise<string> {
    const issuer = `${local.url}/${IDP}`
    const { verifier, challenge } = pkce()
    const redirect_uri = 'http://localhost:3000/auth/callback'
    const params = { redirect_uri, scope: 'openid email' }
    const redirect = await authorize({ issuer, client_id: IDP_CLIENT.client_id, challenge, person, params })
    const code = redirect.searchParams.get('code') ?? ''
    const redeemed = await postForm(`${issuer}/oauth/token`, {
      grant_type: 'authorization_code',
      ...IDP_CLIENT,
      code,
      redirect_uri,
      code_verifier: verifier,
    })
    const { id_token } = (await redeemed.json()) as { id_token: string }
    const issued = await exchange(
      {
        subject_token: id_token,
        subject_token_type: ID_TOKEN,
        requested_token_type: ID_JAG,
        audience: audience(),
        ...more,
      },
      IDP_CLIENT,
      IDP,
    )
    const body = (await issued.json()) as { access_token: string }
    expect(body).toMatchObject({ issued_token_type: ID_JAG, token_type: 'N_A' })
    return body.access_token
  }

  function present(assertion: string, client = DEV_CLIENT, more: Record<string, string> = {}) {
    const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
    return postForm(`${audience()}/oauth/token`, { grant_type, assertion, ...client, ...more })
  }

  it('of another environment becomes a token for the user with the same e-mail address', async () => {
    const response = await present(await assertion(), DEV_CLIENT, { scope: 'user:read nonsense' })
    expect(response.status).toBe(200)
    const { access_token } = (await response.json()) as { access_token: string }
    expect(claimsOf(access_token)).toMatchObject({
      sub: 'usr_100000000000000101',
      aud: ['http://localhost:3003/mcp', GREETING],
      scope: 'user:read',
      client_id: DEV_CLIENT.client_id,
    })
  })

  it('counts once', async () => {
    const once = await assertion()
    expect((await present(once)).status).toBe(200)
    expect(await (await present(once)).json()).toMatchObject({ error: 'invalid_grant' })
  })

  it('counts for the audience, the resource and the user that it names', async () => {
    const elsewhere = await assertion('ana@acme.example', {
      audience: `${local.url}/workspace/resources/${MCP_SERVER}`,
    })
    expect(await (await present(elsewhere)).json()).toMatchObject({ error: 'invalid_grant' })
    const forOther = await assertion('ana@acme.example', { resource: MCP_SERVER_URL })
    expect(await (await present(forOther)).json()).toMatchObject({ error: 'invalid_target' })
    expect(await (await present(await assertion('noor@northwind.example'))).json()).toMatchObject({
      error: 'invalid_grant',
    })
  })

  it('is not an access token, and an access token is none', async () => {
    expect(await introspect(local.url, await assertion())).toEqual({ active: false })
    const token = await mint({ subject: 'admin@example.com' })
    expect(await (await present(token)).json()).toMatchObject({ error: 'invalid_grant' })
  })

  it('does not count where the MCP server has not switched it on', async () => {
    const set = (xaa_enabled: boolean) =>
      local.database.db
        .updateTable('resources')
        .set({ data: JSON.stringify({ xaa_enabled }) })
        .where('id', '=', GREETING)
        .execute()
    await set(false)
    expect(await (await present(await assertion())).json()).toMatchObject({ error: 'unauthorized_client' })
    await set(true)
  })
})

describe('client credentials', () => {
  const token = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(`${local.url}/${DEV}/oauth/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ grant_type: 'client_credentials', ...fields }),
    })
  const basic = (secret: string) => ({
    authorization: `Basic ${Buffer.from(`${DEV_CLIENT.client_id}:${secret}`).toString('base64')}`,
  })

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['in the body', DEV_CLIENT, {}],
    ['by Basic', {}, basic('test_local_secret')],
  ])('%s give a token for the management API', async (_name, fields, headers) => {
    const body = (await (await token(fields, headers)).json()) as { access_token: string; expires_in: number }
    expect(body.expires_in).toBe(86_399)
    expect(claimsOf(body.access_token)).toMatchObject({
      iss: `${local.url}/${DEV}`,
      aud: [`${local.url}/${DEV}`],
      sub: DEV_CLIENT.client_id,
      client_id: DEV_CLIENT.client_id,
      scopes: ['openid'],
    })
  })

  it('give a token for an MCP server of the environment', async () => {
    const body = (await (
      await token({ ...DEV_CLIENT, resource: 'http://localhost:3003/mcp', scope: 'user:read' })
    ).json()) as { access_token: string }
    expect(claimsOf(body.access_token)).toMatchObject({
      aud: ['http://localhost:3003/mcp', GREETING],
      scopes: ['user:read'],
    })
  })

  it('give none for what is not in the environment', async () => {
    expect(await (await token({ ...DEV_CLIENT, resource: MCP_SERVER_URL })).json()).toMatchObject({
      error: 'invalid_target',
    })
    expect(await (await token({ ...DEV_CLIENT, resource: MCP_SERVER })).json()).toMatchObject({
      error: 'invalid_target',
    })
  })

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['a wrong secret', { ...DEV_CLIENT, client_secret: 'wrong' }, {}],
    ['a wrong secret by Basic', {}, basic('wrong')],
    ['the hash of the secret', { ...DEV_CLIENT, client_secret: '5e8b' }, {}],
    ['no secret', { client_id: DEV_CLIENT.client_id }, {}],
    ['an unknown client', { ...DEV_CLIENT, client_id: 'skc_999' }, {}],
    ['the client of another environment', { ...DEV_CLIENT, client_id: 'skc_100000000000000002' }, {}],
  ])('are refused with %s', async (_name, fields, headers) => {
    const response = await token(fields, headers)
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ error: 'invalid_client' })
  })
})

describe('introspection and revocation', () => {
  it('tell a client with credentials about every token of the realm', async () => {
    const { tokens, client_id } = await signIn(local.url)
    expect(await introspect(local.url, tokens.access_token)).toMatchObject({
      active: true,
      client_id,
      sub: 'usr_100000000000000001',
      token_type: 'Bearer',
    })
  })

  it('tell nothing about what is expired, foreign or no token', async () => {
    const others = [
      await mint({ subject: 'admin@example.com', expires_in: -1 }),
      await mint({ subject: 'ana@acme.example', resource: GREETING }),
      await forged(),
      'a.b.c',
      'opaque',
    ]
    for (const token of others) expect(await introspect(local.url, token)).toEqual({ active: false })
  })

  it('make no keys for a realm that a token only claims', async () => {
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(`${local.url}/env_424242`)
      .sign(new Uint8Array(32))
    const response = await fetch(`${local.url}/env_424242/api/v1/organizations`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(response.status).toBe(401)
    expect(
      (await fetch(`${local.url}/env_424242/userinfo`, { headers: { authorization: `Bearer ${token}` } }))
        .status,
    ).toBe(401)
    const made = await local.database.db
      .selectFrom('signing_keys')
      .select('realm')
      .where('realm', '=', 'env_424242')
      .execute()
    expect(made).toEqual([])
  })

  it('need a client', async () => {
    const { tokens } = await signIn(local.url)
    for (const endpoint of ['introspect', 'revoke']) {
      const response = await postForm(`${local.url}/workspace/oauth/${endpoint}`, {
        client_id: 'skc_100000000000000000',
        client_secret: 'no',
        token: tokens.access_token,
      })
      expect(response.status).toBe(401)
    }
  })

  it('let a public client ask about and revoke its own tokens only', async () => {
    const [mine, others] = [await signIn(local.url), await signIn(local.url)]
    const ask = async (token: string) =>
      (await postForm(`${mine.issuer}/oauth/introspect`, { client_id: mine.client_id, token })).json()
    expect(await ask(mine.tokens.access_token)).toMatchObject({ active: true })
    expect(await ask(others.tokens.access_token)).toEqual({ active: false })
    const revoke = (token: string) =>
      postForm(`${mine.issuer}/oauth/revoke`, { client_id: mine.client_id, token })
    expect((await revoke(others.tokens.access_token)).status).toBe(200)
    expect(await introspect(local.url, others.tokens.access_token)).toMatchObject({ active: true })
    expect((await revoke(mine.tokens.access_token)).status).toBe(200)
    expect(await introspect(local.url, mine.tokens.access_token)).toEqual({ active: false })
  })

  it('revoke the whole family with a refresh token', async () => {
    const { issuer, client_id, tokens } = await signIn(local.url)
    await postForm(`${issuer}/oauth/revoke`, { client_id, token: tokens.refresh_token })
    expect(await introspect(local.url, tokens.access_token)).toEqual({ active: false })
    const again = await postForm(`${issuer}/oauth/token`, {
      grant_type: 'refresh_token',
      client_id,
      refresh_token: tokens.refresh_token,
    })
    expect(await again.json()).toMatchObject({ error: 'invalid_grant' })
  })
})

function forged(): Promise<string> {
  return new SignJWT({
    aud: [MCP_SERVER_URL, MCP_SERVER],
    client_id: 'x',
    scope: 'workspace:write',
    jti: 'tkn_1',
  })
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
    .setIssuer(`${local.url}/workspace`)
    .setSubject('usr_100000000000000001')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode('a secret of somebody else, long enough'))
}
