import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, type Local, startLocal } from '../api/local.js'
import { authorize, claimsOf, pkce, postForm, REDIRECT_URI, redeem } from './authorization-code.js'
import { Browser } from './browser.js'

const GREETING = 'res_100000000000000002'
const GREETING_URL = 'http://localhost:3003/mcp'
const OTHER_URL = 'http://localhost:3009/mcp'

let local: Local
let other: string
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(async () => {
  await local.reset()
  other = (await api('POST', '/resources', server)).resource.id
})
afterAll(() => local.close())

const server = {
  resource_type: 'MCP_SERVER',
  name: 'Other',
  resource_id: OTHER_URL,
  scopes: ['user:read', 'user:write', 'admin'],
}

async function api(method: string, path: string, body?: unknown) {
  const answer = await local.rest(method, `/${DEV}/api/v1${path}`, { token: await local.client(DEV), body })
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
  return answer.body
}

/** A client of the seeded MCP server that may read users. */
async function serverClient(settings: object = { scopes: ['user:read'] }): Promise<Credentials> {
  const { client, plain_secret } = await api('POST', `/resources/${GREETING}/clients`, {
    name: 'Reader',
    ...settings,
  })
  return { client_id: client.client_id, client_secret: plain_secret }
}

async function organizationClient(settings: object): Promise<Credentials> {
  const { client, plain_secret } = await api('POST', `/organizations/${ACME}/clients`, {
    name: 'Robot',
    ...settings,
  })
  return { client_id: client.client_id, client_secret: plain_secret }
}

interface Credentials extends Record<string, string> {
  client_id: string
  client_secret: string
}

const realm = () => `${local.url}/${DEV}`
const issuerOf = (resource: string) => `${realm()}/resources/${resource}`

async function ask(issuer: string, credentials: Credentials, more: Record<string, string> = {}) {
  const fields = { grant_type: 'client_credentials', ...credentials, ...more }
  const response = await postForm(`${issuer}/oauth/token`, fields)
  const body = (await response.json()) as { access_token: string; scope?: string; error?: string }
  return { status: response.status, body, claims: response.ok ? claimsOf(body.access_token) : {} }
}

async function introspect(issuer: string, credentials: Credentials, token: string) {
  const response = await postForm(`${issuer}/oauth/introspect`, { ...credentials, token })
  return { status: response.status, body: (await response.json()) as { active?: boolean } }
}

describe('a client of an MCP server', () => {
  it.each([
    ['its authorization server', () => issuerOf(GREETING), {}],
    [
      'its authorization server, for every scope',
      () => issuerOf(GREETING),
      { scope: 'user:read user:write admin' },
    ],
    ['the environment', realm, {}],
    ['the environment, for its server', realm, { resource: GREETING_URL }],
    ['the environment, for its server by id', realm, { resource: GREETING }],
    ['the environment, for every scope', realm, { resource: GREETING_URL, scope: 'user:read admin' }],
  ])('gets a token for its server with its own scopes at %s', async (_where, issuer, more) => {
    const { body, claims } = await ask(issuer(), await serverClient(), more)
    expect(claims).toMatchObject({ aud: [GREETING_URL, GREETING], scope: 'user:read', scopes: ['user:read'] })
    expect(body.scope).toBe('user:read')
  })

  it('has no scope that it is not registered with, and none without any', async () => {
    const none = await ask(issuerOf(GREETING), await serverClient({}), { scope: 'admin' })
    expect(none.claims).toMatchObject({ scope: '', scopes: [] })
    const foreign = await ask(issuerOf(GREETING), await serverClient({ scopes: ['other:scope'] }))
    expect(foreign.claims).toMatchObject({ scope: '', scopes: [] })
  })

  it('is unknown to the authorization server of another MCP server', async () => {
    const credentials = await serverClient()
    expect(await ask(issuerOf(other), credentials)).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    })
    expect((await introspect(issuerOf(other), credentials, 'x')).status).toBe(401)
  })

  it.each([
    ['another MCP server', () => OTHER_URL],
    ['another MCP server, by its id', () => other],
    ['the management API', realm],
  ])('gets no token for %s', async (_what, resource) => {
    const credentials = await serverClient()
    for (const issuer of [realm(), issuerOf(GREETING)]) {
      const answer = await ask(issuer, credentials, { resource: resource() })
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_target' } })
    }
  })

  it('cannot exchange a token', async () => {
    const subject_token = (await local.tokenFor({ subject: 'ana@acme.example', resource: GREETING })).slice(7)
    const exchange = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      subject_token,
    }
    const answer = await ask(realm(), await serverClient(), exchange)
    expect(answer).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } })
  })

  it('introspects the tokens for its server, and no others (RFC 7662, section 2.1)', async () => {
    const credentials = await serverClient()
    const tokenFor = async (resource: string) =>
      (await local.tokenFor({ subject: 'ana@acme.example', resource })).slice('Bearer '.length)
    const active = async (token: string) => {
      const answers = [realm(), issuerOf(GREETING)].map((issuer) => introspect(issuer, credentials, token))
      return (await Promise.all(answers)).map(({ body }) => body.active)
    }
    expect(await active(await tokenFor(GREETING))).toEqual([true, true])
    expect(await active(await tokenFor(other))).toEqual([false, false])
    expect(await active(await tokenFor(realm()))).toEqual([false, false])
  })

  it('has no more scopes when it acts for a person', async () => {
    const credentials = await serverClient({ scopes: ['user:read'], redirect_uris: [REDIRECT_URI] })
    const { client_id } = credentials
    const { verifier, challenge } = pkce()
    const params = { scope: 'user:read user:write admin' }
    const request = { client_id, challenge, params, person: 'ana@acme.example' }
    const redirect = await authorize({ issuer: issuerOf(GREETING), ...request })
    const response = await redeem(issuerOf(GREETING), client_id, redirect, verifier, credentials)
    expect(await response.json()).toMatchObject({ scope: 'user:read' })
    const query = new URLSearchParams({
      ...{ response_type: 'code', client_id, redirect_uri: REDIRECT_URI, resource: OTHER_URL, ...params },
      ...{ code_challenge: challenge, code_challenge_method: 'S256' },
    })
    const { url } = await new Browser().follow(`${realm()}/oauth/authorize?${query}`)
    expect(new URL(url).searchParams.get('error')).toBe('invalid_target')
  })

  it('has the custom claims that it is registered with', async () => {
    const custom_claims = [{ key: 'team', value: 'core' }]
    const { claims } = await ask(issuerOf(GREETING), await serverClient({ custom_claims }))
    expect(claims).toMatchObject({ team: 'core' })
    expect(claims).not.toHaveProperty('oid')
  })
})

describe('a client of an organization', () => {
  it('gets tokens for its audience with its own scopes, and acts for its organization', async () => {
    const credentials = await organizationClient({
      scopes: ['deploy:start'],
      audience: ['https://api.acme.example'],
    })
    expect((await ask(realm(), credentials, { scope: 'deploy:start admin' })).claims).toMatchObject({
      aud: ['https://api.acme.example'],
      scope: 'deploy:start',
      oid: ACME,
    })
  })

  it('gets one for an MCP server that its audience names, with its own scopes and its organization', async () => {
    const credentials = await organizationClient({ scopes: ['user:read'], audience: [GREETING_URL] })
    for (const [issuer, more] of [
      [issuerOf(GREETING), {}],
      [realm(), { resource: GREETING_URL, scope: 'user:read admin' }],
    ] as const)
      expect((await ask(issuer, credentials, more)).claims).toMatchObject({
        aud: [GREETING_URL, GREETING],
        scope: 'user:read',
        oid: ACME,
      })
    expect(await ask(issuerOf(other), credentials)).toMatchObject({ body: { error: 'invalid_target' } })
    const elsewhere = await ask(realm(), credentials, { resource: OTHER_URL })
    expect(elsewhere).toMatchObject({ status: 400, body: { error: 'invalid_target' } })
  })

  it('gets none for an MCP server otherwise', async () => {
    const credentials = await organizationClient({ scopes: ['user:read'] })
    for (const [issuer, more] of [
      [issuerOf(GREETING), {}],
      [realm(), { resource: GREETING_URL }],
    ] as const)
      expect(await ask(issuer, credentials, more)).toMatchObject({ body: { error: 'invalid_target' } })
  })

  it('introspects its own tokens only', async () => {
    const credentials = await organizationClient({ scopes: ['user:read'] })
    const own = (await ask(realm(), credentials)).body.access_token
    const person = (await local.tokenFor({ subject: 'ana@acme.example', resource: GREETING })).slice(7)
    expect((await introspect(realm(), credentials, own)).body.active).toBe(true)
    expect((await introspect(realm(), credentials, person)).body.active).toBe(false)
  })
})
