import { createHash } from 'node:crypto'
import { Scalekit } from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, type Local, startLocal } from '../api/local.js'
import { APP, signInToApp } from '../api/sign-in.js'
import { authorize, claimsOf, pkce, postForm, redeem, type Tokens } from './authorization-code.js'

const ANA = 'usr_100000000000000101'
const GREETING = 'res_100000000000000002'
const GREETING_URL = 'http://localhost:3003/mcp'
const CALLBACK = 'http://localhost:3000/auth/callback'
const CREDENTIALS = { client_id: APP, client_secret: 'test_local_secret' }

let local: Local
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(() => local.reset())
afterAll(() => local.close())

const issuer = () => `${local.url}/${DEV}`

async function rest(method: string, path: string, body?: unknown) {
  const token = await local.client(DEV)
  return local.rest(method, `/${DEV}/api/v1${path}`, { token, body })
}

async function change(body: object, path = `/clients/${APP}`) {
  const answer = await rest('PATCH', path, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
}

/** Writes what earlier versions accepted. */
async function store(id: string, values: object) {
  const { db } = local.database
  const { data } = await db
    .selectFrom('clients')
    .select('data')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  const changed = JSON.stringify({ ...JSON.parse(data), ...values })
  await db.updateTable('clients').set({ data: changed }).where('id', '=', id).execute()
}

async function token(fields: Record<string, string>) {
  const response = await postForm(`${issuer()}/oauth/token`, { ...CREDENTIALS, ...fields })
  return (await response.json()) as Tokens & { error?: string }
}

const ana = (params: Record<string, string> = {}) => signInToApp(local, 'ana@acme.example', undefined, params)

/** A code of the application, redeemed at the authorization server of the seeded MCP server by another client. */
async function agentTokens(person: string, scope: string) {
  const at = `${issuer()}/resources/${GREETING}`
  const response = await fetch(`${issuer()}/api/v1/resources/${GREETING}/clients:register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'Agent', redirect_uris: [CALLBACK], grant_types: ['refresh_token'] }),
  })
  const { client_id } = (await response.json()) as { client_id: string }
  const { verifier, challenge } = pkce()
  const params = { redirect_uri: CALLBACK, scope }
  const redirect = await authorize({ issuer: at, client_id, challenge, person, params })
  const redeemed = await redeem(at, client_id, redirect, verifier, { redirect_uri: CALLBACK })
  const tokens = (await redeemed.json()) as Tokens
  const refresh = async () => {
    const fields = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token, client_id }
    return (await (await postForm(`${at}/oauth/token`, fields)).json()) as Tokens
  }
  return { redirect, tokens, refresh }
}

describe('the settings of an application', () => {
  it('access_token_expiry is how long its access tokens live', async () => {
    const lifetime = ({ access_token }: Pick<Tokens, 'access_token'>) => {
      const { iat, exp } = claimsOf(access_token)
      return Number(exp) - Number(iat)
    }
    expect(lifetime(await ana())).toBe(300)
    await change({ access_token_expiry: 1200 })
    const tokens = (await ana()) as Tokens
    expect([lifetime(tokens), tokens.expires_in]).toEqual([1200, 1200])
    const { refresh_token } = tokens
    expect(lifetime(await token({ grant_type: 'refresh_token', refresh_token }))).toBe(1200)
    expect(lifetime(await token({ grant_type: 'client_credentials' }))).toBe(1200)
    await change({ access_token_expiry: 0 })
    expect(lifetime(await ana())).toBe(300)
  })

  it.each([-1, 30 * 24 * 3600])('access_token_expiry cannot be %d', async (access_token_expiry) => {
    const { status, body } = await rest('PATCH', `/clients/${APP}`, { access_token_expiry })
    expect(status).toBe(400)
    expect(body.details[0].validation_error_info.field_violations[0].field).toBe('client.access_token_expiry')
  })

  it('custom_claims cannot say what the environment says', async () => {
    const custom_claims = ['tier', 'oid', 'sub', 'scope'].map((key) => ({ key, value: 'x' }))
    const places = [
      ['PATCH', `/clients/${APP}`, { custom_claims }],
      ['POST', '/clients', { client_type: 'WEB_APP', name: 'Other', custom_claims }],
      ['POST', `/organizations/${ACME}/clients`, { name: 'Machine', custom_claims }],
      ['POST', `/resources/${GREETING}/clients`, { name: 'Agent', custom_claims }],
    ] as const
    for (const [method, path, sent] of places) {
      const { status, body } = await rest(method, path, sent)
      expect(status, path).toBe(400)
      expect(body.message).toContain('oid, sub, scope are reserved claims')
    }
  })

  it('custom_claims are in its access tokens, and old ones say nothing that the environment says', async () => {
    const custom_claims = [
      { key: 'tier', value: 'gold' },
      { key: 'oid', value: 'org_1' },
      { key: 'sub', value: 'usr_1' },
      { key: 'permissions', value: 'everything' },
    ]
    await store(APP, { custom_claims })
    await change({ name: 'Renamed' })
    const tokens = await ana()
    const { refresh_token } = tokens
    const all = [
      claimsOf(tokens.access_token),
      claimsOf((await token({ grant_type: 'refresh_token', refresh_token })).access_token),
    ]
    for (const claims of all) expect(claims).toMatchObject({ tier: 'gold', oid: ACME, sub: ANA })
    const machine = claimsOf((await token({ grant_type: 'client_credentials' })).access_token)
    expect(machine).toMatchObject({ tier: 'gold', sub: APP })
    expect(machine).not.toHaveProperty('permissions')
  })

  it('scopes are those that it can have beyond who somebody is', async () => {
    expect((await token({ grant_type: 'client_credentials' })).scope).toBe('openid')
    const scope = 'openid user:read user:write'
    const without = claimsOf((await ana({ scope })).access_token)
    expect(without.scope).toBe('openid')
    await change({ scopes: ['user:read'] })
    expect(claimsOf((await ana({ scope })).access_token).scopes).toEqual(['openid', 'user:read'])
    expect((await token({ grant_type: 'client_credentials' })).scope).toBe('user:read')
    const resource = GREETING_URL
    expect((await token({ grant_type: 'client_credentials', resource })).scope).toBe('user:read')
    const more = await token({ grant_type: 'client_credentials', resource, scope: 'user:read admin' })
    expect(more.scope).toBe('user:read')
  })

  it('grant_types are the grants that it can use', async () => {
    await change({ grant_types: ['authorization_code'] })
    expect((await ana()).refresh_token).toBeUndefined()
    expect((await token({ grant_type: 'client_credentials' })).error).toBe('unauthorized_client')
    await change({ grant_types: ['client_credentials'] })
    expect((await token({ grant_type: 'client_credentials' })).access_token).toBeTruthy()
    const query = new URLSearchParams({ response_type: 'code', client_id: APP, redirect_uri: CALLBACK })
    const { challenge } = pkce()
    query.set('code_challenge', challenge)
    query.set('code_challenge_method', 'S256')
    const refused = await fetch(`${issuer()}/oauth/authorize?${query}`, { redirect: 'manual' })
    const { searchParams } = new URL(refused.headers.get('location') ?? '')
    expect(searchParams.get('error_description')).toBe(
      'requested response_type is not allowed for this client',
    )
    await change({ grant_types: ['authorization_code', 'refresh_token'] })
    expect((await ana()).refresh_token).toBeTruthy()
  })

  it.each([
    ['WEB_APP', ['password']],
    ['WEB_APP', ['refresh_token']],
    ['SPA', ['client_credentials']],
  ])('of type %s cannot have the grant types %j', async (client_type, grant_types) => {
    const { status, body } = await rest('POST', '/clients', { name: 'App', client_type, grant_types })
    expect(status).toBe(400)
    expect(body.details[0].validation_error_info.field_violations[0].field).toBe('client.grant_types')
  })
})

describe('a client that was created for an MCP server', () => {
  async function machine(settings: object) {
    const body = { name: 'Reader', scopes: ['user:read'], ...settings }
    const answer = (await rest('POST', `/resources/${GREETING}/clients`, body)).body
    const client = { client_id: answer.client.client_id, client_secret: answer.plain_secret }
    return client
  }

  it('has its own lifetime of tokens, or that of the MCP server', async () => {
    await change({ access_token_expiry: 900 }, `/resources/${GREETING}`)
    const grant_type = 'client_credentials'
    expect((await token({ grant_type, ...(await machine({})) })).expires_in).toBe(900)
    expect((await token({ grant_type, ...(await machine({ expiry: 1800 })) })).expires_in).toBe(1800)
  })

  it('has its claims in the tokens that it gets for a person', async () => {
    const settings = { redirect_uris: [CALLBACK], custom_claims: [{ key: 'team', value: 'core' }] }
    const client = await machine(settings)
    const at = `${issuer()}/resources/${GREETING}`
    const { verifier, challenge } = pkce()
    const redirect = await authorize({
      ...{ issuer: at, client_id: client.client_id, challenge, person: 'ana@acme.example' },
      params: { redirect_uri: CALLBACK },
    })
    const more = { redirect_uri: CALLBACK, ...client }
    const response = await redeem(at, client.client_id, redirect, verifier, more)
    const { access_token } = (await response.json()) as Tokens
    expect(claimsOf(access_token)).toMatchObject({ sub: ANA, team: 'core', scopes: ['user:read'] })
  })
})

describe('an MCP server', () => {
  it('with intersect_scopes_user_permission grants what the user has a permission for', async () => {
    await change({ intersect_scopes_user_permission: true }, `/resources/${GREETING}`)
    await rest('POST', '/permissions', { name: 'user:read', description: 'See user data' })
    await rest('POST', '/roles/member/permissions', { permission_names: ['user:read'] })
    const scope = 'user:read user:write admin'
    const { tokens, refresh } = await agentTokens('ben@acme.example', scope)
    expect(claimsOf(tokens.access_token).scopes).toEqual(['user:read'])
    await rest('DELETE', '/roles/member/permissions/user:read')
    expect(claimsOf((await refresh()).access_token).scopes).toEqual([])
    await change({ intersect_scopes_user_permission: false }, `/resources/${GREETING}`)
    const all = await agentTokens('ben@acme.example', scope)
    expect(claimsOf(all.tokens.access_token).scopes).toEqual(['user:read', 'user:write', 'admin'])
  })
})

describe('the ID token', () => {
  const half = (text: string) =>
    createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url')

  it('has what the official SDK and the documentation name', async () => {
    const { verifier, challenge } = pkce()
    const params = { redirect_uri: CALLBACK, scope: 'openid profile email offline_access' }
    const person = 'ana@acme.example'
    const redirect = await authorize({ issuer: issuer(), client_id: APP, challenge, person, params })
    const code = redirect.searchParams.get('code') ?? ''
    const more = { redirect_uri: CALLBACK, client_secret: 'test_local_secret' }
    const tokens = (await (await redeem(issuer(), APP, redirect, verifier, more)).json()) as Tokens
    const access = claimsOf(tokens.access_token)
    expect(claimsOf(tokens.id_token ?? '')).toMatchObject({
      ...{ iss: issuer(), aud: APP, azp: APP, client_id: APP, sub: ANA, oid: ACME, sid: access.sid },
      ...{ at_hash: half(tokens.access_token), c_hash: half(code) },
      amr: ['conn_100000000000000001'],
      ...{ email: person, email_verified: true, name: 'Ana Almeida' },
      ...{ given_name: 'Ana', family_name: 'Almeida', xoid: 'acme' },
    })
    expect(access).toMatchObject({ xoid: 'acme', xuid: 'acme-1' })
    expect(claimsOf(tokens.id_token ?? '')).not.toHaveProperty('xuid')
    const { refresh_token } = tokens
    const next = await token({ grant_type: 'refresh_token', refresh_token })
    const renewed = claimsOf(next.id_token ?? '')
    expect(renewed).toMatchObject({ sub: ANA, sid: access.sid, at_hash: half(next.access_token) })
    expect(renewed).not.toHaveProperty('c_hash')
    const sdk = new Scalekit(issuer(), APP, 'test_local_secret')
    expect(await sdk.validateToken(next.id_token ?? '')).toMatchObject({ family_name: 'Almeida' })
  })

  it('has no names where the scope profile was not granted', async () => {
    const { id_token } = await ana({ scope: 'openid' })
    expect(Object.keys(claimsOf(id_token))).not.toContain('given_name')
    expect(Object.keys(claimsOf(id_token))).not.toContain('email')
  })
})

describe('a user', () => {
  it('shows when they signed in last', async () => {
    const lastLogin = async () => (await rest('GET', `/users/${ANA}`)).body.user.last_login_time
    expect(await lastLogin()).toBeFalsy()
    const before = Date.now()
    await ana()
    expect(Date.parse(await lastLogin())).toBeGreaterThanOrEqual(before - 1000)
    const first = await lastLogin()
    local.wait(3600_000)
    await ana()
    expect(Date.parse(await lastLogin()) - Date.parse(first)).toBeGreaterThanOrEqual(3600_000)
    await rest('PATCH', `/users/${ANA}`, { metadata: { plan: 'gold' } })
    expect(await lastLogin()).toBeTruthy()
  })
})
