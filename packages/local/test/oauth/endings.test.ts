import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, GLOBEX, type Local, PRD, startLocal } from '../api/local.js'
import {
  authorize,
  claimsOf,
  introspect,
  MCP_SERVER,
  mcpIssuer,
  pkce,
  postForm,
  redeem,
  register,
  type Tokens,
  WORKSPACE_CLIENT,
} from './authorization-code.js'
import { Browser } from './browser.js'

const ANA = 'usr_100000000000000101'
const CHI = 'usr_100000000000000103'
const GREETING = 'res_100000000000000002'
const APP = { client_id: 'skc_100000000000000001', client_secret: 'test_local_secret' }
const CALLBACK = 'http://localhost:3000/auth/callback'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'

let local: Local
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(() => local.reset())
afterAll(() => local.close())

const realm = () => `${local.url}/${DEV}`
const greeting = () => `${realm()}/resources/${GREETING}`

async function api(method: string, path: string, body?: unknown) {
  const token = await local.client(DEV)
  const answer = await local.rest(method, `/${DEV}/api/v1${path}`, { token, body })
  expect([path, answer.status, JSON.stringify(answer.body)]).toEqual([
    path,
    expect.toSatisfy((status) => status < 300),
    expect.any(String),
  ])
  return answer.body
}

/** Somebody signs in to the environment's application, for an organization. */
async function signInToApp(person: string, organization: string, browser = new Browser()): Promise<Tokens> {
  const { verifier, challenge } = pkce()
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: APP.client_id, redirect_uri: CALLBACK, state: 's' },
    ...{ code_challenge: challenge, code_challenge_method: 'S256', organization_id: organization },
    ...{ scope: 'openid email offline_access', prompt: 'consent' },
  })
  let at = await browser.follow(`${realm()}/oauth/authorize?${query}`)
  if (at.page?.includes('name="email"')) at = await browser.submit(at.url, at.page, { email: person })
  if (at.page?.includes('name="answer"')) at = await browser.submit(at.url, at.page, { answer: 'allow' })
  const fields = { ...APP, redirect_uri: CALLBACK }
  const response = await redeem(realm(), APP.client_id, new URL(at.url), verifier, fields)
  expect(response.status).toBe(200)
  return (await response.json()) as Tokens
}

/** Somebody allows an agent to use the environment's MCP server. */
async function allowAgent(person: string, browser = new Browser()) {
  const response = await fetch(`${realm()}/api/v1/resources/${GREETING}/clients:register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'Agent', redirect_uris: [CALLBACK], grant_types: ['refresh_token'] }),
  })
  const { client_id } = (await response.json()) as { client_id: string }
  const { verifier, challenge } = pkce()
  const params = { redirect_uri: CALLBACK, scope: 'user:read' }
  const redirect = await authorize({ issuer: greeting(), client_id, challenge, person, params, browser })
  const redeemed = await redeem(greeting(), client_id, redirect, verifier, { redirect_uri: CALLBACK })
  expect(redeemed.status).toBe(200)
  return { client_id, tokens: (await redeemed.json()) as Tokens }
}

/** The MCP server exchanges its caller's token for one for the API. */
async function exchange(token: string, issuer = realm(), client: Record<string, string> = APP) {
  const fields = { grant_type: EXCHANGE, subject_token_type: ACCESS_TOKEN, subject_token: token, ...client }
  const response = await postForm(`${issuer}/oauth/token`, fields)
  return { status: response.status, token: ((await response.json()) as Tokens).access_token }
}

async function refresh(issuer: string, client: Record<string, string>, token: string) {
  const fields = { grant_type: 'refresh_token', refresh_token: token, ...client }
  const response = await postForm(`${issuer}/oauth/token`, fields)
  const { error } = (await response.json()) as { error?: string }
  return error ?? response.status
}

async function active(token: string): Promise<boolean | undefined> {
  const response = await postForm(`${realm()}/oauth/introspect`, { ...APP, token })
  return ((await response.json()) as { active?: boolean }).active
}

async function callsApi(token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` }
  return (await fetch(`${realm()}/api/v1/users/${ANA}`, { headers })).status
}

async function signOut(issuer: string, browser: Browser): Promise<void> {
  const { page } = await browser.follow(`${issuer}/oidc/logout`)
  expect(page).toContain('You are signed out')
}

/** Everything that one sign-in of Ana's leads to: of the application, of an agent, and exchanged for the API. */
async function everythingOf(person: string, organization: string) {
  const browser = new Browser()
  const app = await signInToApp(person, organization, browser)
  const agent = await allowAgent(person, browser)
  const exchanged = (await exchange(agent.tokens.access_token)).token
  const sid = String(claimsOf(app.access_token).sid)
  return {
    ...{ browser, app, agent, exchanged, sid },
    /** What of it is still usable. */
    async left() {
      const found = {
        app: await active(app.access_token),
        agent: await active(agent.tokens.access_token),
        exchanged: await active(exchanged),
        appRefresh: await refresh(realm(), APP, app.refresh_token),
        agentRefresh: await refresh(greeting(), { client_id: agent.client_id }, agent.tokens.refresh_token),
        exchange: (await exchange(agent.tokens.access_token)).status,
      }
      return Object.entries(found).flatMap(([name, state]) => (state === true || state === 200 ? [name] : []))
    },
  }
}

const EVERYTHING = ['app', 'agent', 'exchanged', 'appRefresh', 'agentRefresh', 'exchange']

describe('what one sign-in leads to', () => {
  it('is valid until something ends it', async () => {
    const { left, exchanged } = await everythingOf('ana@acme.example', ACME)
    expect(await callsApi(exchanged)).toBe(200)
    expect(await left()).toEqual(EVERYTHING)
  })

  const endings: [string, (ana: Awaited<ReturnType<typeof everythingOf>>) => Promise<unknown>][] = [
    ['RevokeSession', ({ sid }) => api('POST', `/sessions/${sid}/revoke`)],
    ['RevokeAllUserSessions', () => api('POST', `/users/${ANA}/sessions/revoke`)],
    ['signing out of the environment', ({ browser }) => signOut(realm(), browser)],
    ['signing out of an MCP server', ({ browser }) => signOut(greeting(), browser)],
    ['deleting the user', () => api('DELETE', `/users/${ANA}`)],
    ['deleting the membership', () => api('DELETE', `/memberships/organizations/${ACME}/users/${ANA}`)],
    ['deleting the organization', () => api('DELETE', `/organizations/${ACME}`)],
  ]
  it.each(endings)('ends with %s', async (_what, end) => {
    const ana = await everythingOf('ana@acme.example', ACME)
    const ben = await everythingOf('dev@initech.example', 'org_100000000000000003')
    await end(ana)
    expect(await ana.left()).toEqual([])
    expect(await callsApi(ana.exchanged)).toBe(401)
    expect(await ben.left()).toEqual(EVERYTHING)
  })

  it('ends for the agent, and for what was exchanged, with the consent', async () => {
    const { left, exchanged, agent } = await everythingOf('ana@acme.example', ACME)
    const { consents } = await api('GET', `/user_consents?resource_id=${GREETING}`)
    await api('DELETE', `/clients/${agent.client_id}/consents/${consents[0].id}`)
    expect(await left()).toEqual(['app', 'appRefresh'])
    expect(await callsApi(exchanged)).toBe(401)
  })

  it('ends for a client that is deleted', async () => {
    const { left, agent } = await everythingOf('ana@acme.example', ACME)
    await api('DELETE', `/resources/${GREETING}/clients/${agent.client_id}`)
    expect(await left()).toEqual(['app', 'appRefresh'])
  })

  it('ends for an MCP server that is deleted', async () => {
    const { left } = await everythingOf('ana@acme.example', ACME)
    await api('DELETE', `/resources/${GREETING}`)
    expect(await left()).toEqual(['app', 'appRefresh'])
  })

  it('ends for what was exchanged when the exchanged token is revoked (RFC 7009, section 2.1)', async () => {
    const { left, agent } = await everythingOf('ana@acme.example', ACME)
    const { client_id, tokens } = agent
    await postForm(`${greeting()}/oauth/revoke`, { client_id, token: tokens.access_token })
    expect(await left()).toEqual(['app', 'appRefresh', 'agentRefresh'])
  })
})

describe('a session', () => {
  it('that was used for two organizations ends for both', async () => {
    for (const end of ['session', 'user'] as const) {
      await local.reset()
      const browser = new Browser()
      const both = [
        await signInToApp('chi@globex.example', GLOBEX, browser),
        await signInToApp('chi@globex.example', ACME, browser),
      ]
      const claims = both.map(({ access_token }) => claimsOf(access_token))
      expect(claims.map(({ oid }) => oid)).toEqual([GLOBEX, ACME])
      expect(claims[0]?.sid).toBe(claims[1]?.sid)
      await api(
        'POST',
        end === 'user' ? `/users/${CHI}/sessions/revoke` : `/sessions/${claims[0]?.sid}/revoke`,
      )
      for (const { access_token, refresh_token } of both) {
        expect(await active(access_token)).toBe(false)
        expect(await refresh(realm(), APP, refresh_token)).toBe('invalid_grant')
      }
    }
  })

  it('has the status logout after signing out, and cannot be revoked any more', async () => {
    const browser = new Browser()
    const { access_token } = await signInToApp('ana@acme.example', ACME, browser)
    const { sid } = claimsOf(access_token)
    await signOut(realm(), browser)
    const session = await api('GET', `/sessions/${sid}`)
    expect(session).toMatchObject({ status: 'logout', user_id: ANA, logout_at: expect.any(String) })
    expect(session.expired_at).toBeFalsy()
    expect((await api('GET', `/users/${ANA}/sessions?filter.status=LOGOUT`)).total_size).toBe(1)
    const token = await local.client(DEV)
    const again = await local.rest('POST', `/${DEV}/api/v1/sessions/${sid}/revoke`, { token })
    expect(again.status).toBe(404)
  })

  it('of somebody else ends when another person signs in with the same browser', async () => {
    const browser = new Browser()
    const { refresh_token, access_token } = await signInToApp('ana@acme.example', ACME, browser)
    const { verifier, challenge } = pkce()
    const query = new URLSearchParams({
      ...{ response_type: 'code', client_id: APP.client_id, redirect_uri: CALLBACK, state: 's' },
      ...{ code_challenge: challenge, code_challenge_method: 'S256', prompt: 'login', scope: 'openid' },
    })
    const at = await browser.follow(`${realm()}/oauth/authorize?${query}`)
    const form = await browser.submit(at.url, at.page ?? '', { email: 'ben@acme.example' })
    // oidc-provider signs the first one out with a form that a browser submits by itself.
    const [, action = ''] = /action="([^"]+)"/.exec(form.page ?? '') ?? []
    const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(form.page ?? '') ?? []
    const end = await browser.submit(action, form.page ?? '', { xsrf, logout: 'yes' })
    const redeemed = await redeem(realm(), APP.client_id, new URL(end.url), verifier, {
      ...{ ...APP, redirect_uri: CALLBACK },
    })
    expect(claimsOf(((await redeemed.json()) as Tokens).access_token).sub).toBe('usr_100000000000000102')
    expect(await active(access_token)).toBe(false)
    expect(await refresh(realm(), APP, refresh_token)).toBe('invalid_grant')
    expect((await api('GET', `/sessions/${claimsOf(access_token).sid}`)).status).toBe('logout')
  })
})

describe('a membership that is deleted', () => {
  it('leaves the sessions that were used for other organizations only', async () => {
    const elsewhere = await signInToApp('chi@globex.example', GLOBEX)
    const inside = await signInToApp('chi@globex.example', ACME)
    await api('DELETE', `/memberships/organizations/${ACME}/users/${CHI}`)
    expect([await active(elsewhere.access_token), await active(inside.access_token)]).toEqual([true, false])
    expect(await refresh(realm(), APP, elsewhere.refresh_token)).toBe(200)
    expect(await refresh(realm(), APP, inside.refresh_token)).toBe('invalid_grant')
    await api('POST', `/memberships/organizations/${ACME}/users/${CHI}?send_invitation_email=false`, {})
    expect(await active(inside.access_token)).toBe(false)
  })

  it('ends the API tokens of the user for the organization', async () => {
    await local.sdk(DEV).token.createToken(ACME, { userId: ANA })
    const listed = () => local.sdk(DEV).token.listTokens(ACME)
    expect((await listed()).tokens).toHaveLength(1)
    await api('DELETE', `/memberships/organizations/${ACME}/users/${ANA}`)
    expect((await listed()).tokens).toEqual([])
  })
})

describe('the last organization of a user', () => {
  const present = async (id: string) => {
    const token = await local.client(DEV)
    return (await local.rest('GET', `/${DEV}/api/v1/users/${id}`, { token })).status
  }

  it.each([
    ['membership', `/memberships/organizations/${ACME}/users/${ANA}`],
    ['organization', `/organizations/${ACME}`],
  ])(
    'takes the user with it when the %s is deleted, and no user of another organization',
    async (_, path) => {
      const { left, browser } = await everythingOf('ana@acme.example', ACME)
      await api('DELETE', path)
      expect([await present(ANA), await present(CHI)]).toEqual([404, 200])
      expect(await left()).toEqual([])
      const query = new URLSearchParams({
        ...{ response_type: 'code', client_id: APP.client_id, redirect_uri: CALLBACK, scope: 'openid' },
        ...{ code_challenge: pkce().challenge, code_challenge_method: 'S256' },
      })
      const { page } = await browser.follow(`${realm()}/oauth/authorize?${query}`)
      expect(page).toContain('name="email"')
    },
  )

  it('may be one to which the user was only invited', async () => {
    const EVE = 'usr_100000000000000105'
    await api('DELETE', `/memberships/organizations/org_100000000000000004/users/${EVE}`)
    expect(await present(EVE)).toBe(404)
  })
})

describe('a refresh token', () => {
  it('that is sent twice at once is redeemed once, and the winner keeps its tokens', async () => {
    const { refresh_token } = await signInToApp('ana@acme.example', ACME)
    const fields = { grant_type: 'refresh_token', refresh_token, ...APP }
    const answers = await Promise.all(
      [1, 2, 3].map(async () => {
        const response = await postForm(`${realm()}/oauth/token`, fields)
        return (await response.json()) as Tokens & { error?: string }
      }),
    )
    expect(answers.map(({ error }) => error).sort()).toEqual(['invalid_grant', 'invalid_grant', undefined])
    const winner = answers.find(({ error }) => error === undefined)
    expect(await active(winner?.access_token ?? '')).toBe(true)
    local.wait(2000)
    expect(await refresh(realm(), APP, refresh_token)).toBe('invalid_grant')
    expect(await refresh(realm(), APP, winner?.refresh_token ?? '')).toBe(200)
  })

  it('that is presented long after it was redeemed ends the tokens that came from it', async () => {
    const { refresh_token } = await signInToApp('ana@acme.example', ACME)
    const fields = { grant_type: 'refresh_token', refresh_token, ...APP }
    const next = (await (await postForm(`${realm()}/oauth/token`, fields)).json()) as Tokens
    local.wait(60_000)
    expect(await refresh(realm(), APP, refresh_token)).toBe('invalid_grant')
    expect(await refresh(realm(), APP, next.refresh_token)).toBe('invalid_grant')
    expect(await active(next.access_token)).toBe(false)
  })
})

describe('userinfo', () => {
  it('refuses a valid token without the scope openid as insufficient (RFC 6750, section 3.1)', async () => {
    const { tokens } = await allowAgent('ana@acme.example')
    const ask = (token: string) =>
      fetch(`${realm()}/userinfo`, { headers: { authorization: `Bearer ${token}` } })
    const lacking = await ask(tokens.access_token)
    expect([lacking.status, lacking.headers.get('www-authenticate')]).toEqual([
      403,
      'Bearer error="insufficient_scope", scope="openid"',
    ])
    expect((await ask('none')).status).toBe(401)
  })
})

describe('a user who is deleted', () => {
  it('leaves nothing behind: no session, no consent, and the browser signs in again', async () => {
    const { browser, sid } = await everythingOf('ana@acme.example', ACME)
    await api('DELETE', `/users/${ANA}`)
    expect((await api('GET', `/user_consents?resource_id=${GREETING}`)).consents).toEqual([])
    const token = await local.client(DEV)
    for (const [method, path] of [
      ['GET', `/sessions/${sid}`],
      ['POST', `/sessions/${sid}/revoke`],
      ['POST', `/users/${ANA}/sessions/revoke`],
      ['GET', `/users/${ANA}/sessions`],
      ['DELETE', `/users/${ANA}`],
    ] as const)
      expect((await local.rest(method, `/${DEV}/api/v1${path}`, { token })).status, path).toBe(404)
    const query = new URLSearchParams({
      ...{ response_type: 'code', client_id: APP.client_id, redirect_uri: CALLBACK, scope: 'openid' },
      ...{ code_challenge: pkce().challenge, code_challenge_method: 'S256' },
    })
    const { page, response } = await browser.follow(`${realm()}/oauth/authorize?${query}`)
    expect([response.status, page]).toEqual([200, expect.stringContaining('name="email"')])
  })
})

describe('a machine’s token', () => {
  it.each([
    ['its client', (id: string) => `/organizations/${ACME}/clients/${id}`],
    ['its organization', () => `/organizations/${ACME}`],
  ])('ends with %s', async (_what, path) => {
    const { client, plain_secret } = await api('POST', `/organizations/${ACME}/clients`, { name: 'Robot' })
    const credentials = { client_id: client.client_id, client_secret: plain_secret }
    const fields = { grant_type: 'client_credentials', ...credentials }
    const response = await postForm(`${realm()}/oauth/token`, fields)
    const { access_token } = (await response.json()) as Tokens
    expect(await active(access_token)).toBe(true)
    await api('DELETE', path(client.client_id))
    expect(await active(access_token)).toBe(false)
  })
})

describe('a member of the workspace', () => {
  async function signInMember(person: string) {
    const browser = new Browser()
    const { client_id } = await register(local.url)
    const { verifier, challenge } = pkce()
    const issuer = mcpIssuer(local.url)
    const params = { scope: 'workspace:read' }
    const redirect = await authorize({ issuer, client_id, challenge, person, params, browser })
    const tokens = (await (await redeem(issuer, client_id, redirect, verifier)).json()) as Tokens
    const { token } = await exchange(tokens.access_token, `${local.url}/workspace`, WORKSPACE_CLIENT)
    const left = async () => [
      await introspect(local.url, tokens.access_token).then((answer) => answer.active),
      await introspect(local.url, token).then((answer) => answer.active),
      await refresh(issuer, { client_id }, tokens.refresh_token),
    ]
    return { browser, left }
  }

  it.each([
    ['signs out of the workspace', (browser: Browser) => signOut(`${local.url}/workspace`, browser)],
    [
      'signs out of the MCP server',
      (browser: Browser) => signOut(`${local.url}/workspace/resources/${MCP_SERVER}`, browser),
    ],
    [
      'is removed',
      async () => {
        const token = await local.admin()
        const path = '/api/v1/members/usr_100000000000000002'
        expect((await local.rest('DELETE', path, { token })).status).toBe(200)
      },
    ],
  ])('who %s has no tokens any more, exchanged ones included', async (_what, end) => {
    const { browser, left } = await signInMember('viewer@example.com')
    expect(await left()).toEqual([true, true, 200])
    const again = await signInMember('viewer@example.com')
    await end(again.browser)
    expect(await again.left()).toEqual([false, false, 'invalid_grant'])
    expect(browser).toBeDefined()
  })
})

describe('an identity assertion for another authorization server (ID-JAG)', () => {
  const IDP_CLIENT = { client_id: 'skc_100000000000000002', client_secret: 'test_local_secret' }
  const USER = 'usr_100000000000000888'
  const idp = () => `${local.url}/${PRD}`

  /** The person is known in both environments; the client has one name in both. */
  async function signInAtIdp() {
    const times = { created_at: 1, updated_at: 1 }
    const user = { id: USER, email: 'ana@acme.example', external_id: null, data: '{}', ...times }
    await local.database.db
      .insertInto('users')
      .values({ environment_id: PRD, ...user })
      .execute()
    const data = {
      name: 'App',
      post_login_uris: [CALLBACK],
      cross_app_clients: { [GREETING]: APP.client_id },
    }
    await local.database.db
      .updateTable('clients')
      .set({ data: JSON.stringify(data) })
      .where('id', '=', IDP_CLIENT.client_id)
      .execute()
    const { verifier, challenge } = pkce()
    const { client_id } = IDP_CLIENT
    const params = { redirect_uri: CALLBACK, scope: 'openid email' }
    const person = 'ana@acme.example'
    const redirect = await authorize({ issuer: idp(), client_id, challenge, person, params })
    const fields = { ...IDP_CLIENT, redirect_uri: CALLBACK }
    const tokens = (await (await redeem(idp(), client_id, redirect, verifier, fields)).json()) as Tokens
    return { id_token: tokens.id_token ?? '', sid: String(claimsOf(tokens.access_token).sid) }
  }

  function ask(subject_token: string) {
    return postForm(`${idp()}/oauth/token`, {
      ...{ grant_type: EXCHANGE, ...IDP_CLIENT, subject_token, audience: greeting() },
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      requested_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
    })
  }

  function present(assertion: string) {
    const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
    return postForm(`${greeting()}/oauth/token`, { grant_type, assertion, ...APP })
  }

  const endings: [string, (sid: string) => [string, string]][] = [
    ['session', (sid) => ['POST', `/sessions/${sid}/revoke`]],
    ['user', () => ['DELETE', `/users/${USER}`]],
  ]
  it.each(endings)(
    'ends with the %s at the identity provider, before and after it is used',
    async (_what, end) => {
      const { id_token, sid } = await signInAtIdp()
      const [used, unused] = [await ask(id_token), await ask(id_token)].map((answer) => answer.json())
      const { access_token: assertion } = (await used) as Tokens
      const { access_token } = (await (await present(assertion)).json()) as Tokens
      const exchanged = (await exchange(access_token)).token
      expect([await active(access_token), await callsApi(exchanged)]).toEqual([true, 200])
      const [method, path] = end(sid)
      const token = await local.client(PRD)
      expect((await local.rest(method, `/${PRD}/api/v1${path}`, { token })).status).toBe(200)
      expect([await active(access_token), await callsApi(exchanged)]).toEqual([false, 401])
      expect(await (await present(((await unused) as Tokens).access_token)).json()).toMatchObject({
        error: 'invalid_grant',
      })
      expect(await (await ask(id_token)).json()).toMatchObject({ error: 'invalid_request' })
    },
  )
})
