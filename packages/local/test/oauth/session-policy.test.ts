import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, GLOBEX, type Local, startLocal } from '../api/local.js'
import { APP, refresh, signInToApp } from '../api/sign-in.js'
import { type Application, startApplication } from '../notify/application.js'
import { claimsOf, pkce } from './authorization-code.js'
import { Browser } from './browser.js'

const ANA = 'usr_100000000000000101'
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

let local: Local
let application: Application
beforeAll(async () => {
  local = await startLocal()
  application = await startApplication()
})
beforeEach(async () => {
  await local.reset()
  application.forget()
})
afterAll(async () => {
  await application.close()
  await local.close()
})

const issuer = () => `${local.url}/${DEV}`

async function rest(method: string, path: string, body?: unknown) {
  const token = await local.client(DEV)
  return local.rest(method, `/${DEV}/api/v1${path}`, { token, body })
}

const setPolicy = (body: unknown, organization = ACME) =>
  rest('PATCH', `/organizations/${organization}/session-policy`, body)

async function signIn(browser = new Browser()) {
  const tokens = await signInToApp(local, 'ana@acme.example', browser)
  return { ...tokens, browser, sid: String(claimsOf(tokens.access_token).sid) }
}

async function refreshed(refresh_token: string): Promise<string> {
  const response = await fetch(`${issuer()}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      ...{ grant_type: 'refresh_token', refresh_token, client_id: APP, client_secret: 'test_local_secret' },
    }),
  })
  const tokens = (await response.json()) as { refresh_token?: string; error?: string }
  return tokens.refresh_token ?? String(tokens.error)
}

/** Whether the browser is still signed in: it gets a code, or the sign-in page. */
async function isSignedIn(browser: Browser): Promise<boolean> {
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: APP, scope: 'openid' },
    redirect_uri: 'http://localhost:3000/auth/callback',
    ...{ code_challenge: pkce().challenge, code_challenge_method: 'S256' },
  })
  const { page } = await browser.follow(`${issuer()}/oauth/authorize?${query}`)
  return !page?.includes('name="email"')
}

describe('a session', () => {
  it('ends after thirty days, with the refresh tokens of every client', async () => {
    const { sid, refresh_token, browser } = await signIn()
    local.wait(29 * DAY)
    const next = await refreshed(refresh_token)
    expect(await isSignedIn(browser)).toBe(true)
    local.wait(DAY + MINUTE)
    expect(await refreshed(next)).toBe('invalid_grant')
    expect(await isSignedIn(browser)).toBe(false)
    const { body } = await rest('GET', `/sessions/${sid}`)
    expect(body).toMatchObject({ status: 'expired', expired_at: expect.any(String) })
  })

  it('ends by the shorter of the timeouts of the environment and the organization', async () => {
    const policy = { policy_source: 'CUSTOM', absolute_session_timeout: 2 }
    expect(
      (await setPolicy({ ...policy, absolute_session_timeout_unit: 'HOURS' })).body.policy,
    ).toMatchObject({
      absolute_session_timeout: 120,
      absolute_session_timeout_unit: 'MINUTES',
    })
    const { sid, refresh_token } = await signIn()
    const { created_at, absolute_expires_at } = (await rest('GET', `/sessions/${sid}`)).body
    expect(Date.parse(absolute_expires_at) - Date.parse(created_at)).toBe(120 * MINUTE)
    // The policy of the moment at which it began stays its policy.
    await setPolicy({ policy_source: 'APPLICATION' })
    local.wait(119 * MINUTE)
    const next = await refreshed(refresh_token)
    local.wait(2 * MINUTE)
    expect(await refreshed(next)).toBe('invalid_grant')
    await setPolicy({ ...policy, absolute_session_timeout: 400, absolute_session_timeout_unit: 'DAYS' })
    const long = (await rest('GET', `/sessions/${(await signIn()).sid}`)).body
    expect(Date.parse(long.absolute_expires_at) - Date.parse(long.created_at)).toBe(30 * DAY)
  })

  it('ends for lack of activity, which every refresh and authorization is', async () => {
    const idle = { idle_session_timeout_enabled: true, idle_session_timeout: 30 }
    expect((await setPolicy({ policy_source: 'CUSTOM', ...idle })).status).toBe(200)
    const { sid, refresh_token, browser } = await signIn()
    local.wait(20 * MINUTE)
    const next = await refreshed(refresh_token)
    local.wait(20 * MINUTE)
    expect(await isSignedIn(browser)).toBe(true)
    local.wait(20 * MINUTE)
    const last = await refreshed(next)
    const { body } = await rest('GET', `/sessions/${sid}`)
    expect(Date.parse(body.idle_expires_at) - Date.parse(body.last_active_at)).toBe(30 * MINUTE)
    local.wait(31 * MINUTE)
    expect(await refreshed(last)).toBe('invalid_grant')
    expect(await isSignedIn(browser)).toBe(false)
    expect((await rest('GET', `/sessions/${sid}`)).body.status).toBe('expired')
    expect((await rest('GET', `/users/${ANA}/sessions?filter.status=ACTIVE`)).body.total_size).toBe(0)
  })

  it('shows every organization and client that it was used for, the latest first', async () => {
    const browser = new Browser()
    const sids = []
    for (const organization_id of [GLOBEX, ACME]) {
      const params = { organization_id }
      const { access_token } = await signInToApp(local, 'chi@globex.example', browser, params)
      sids.push(claimsOf(access_token).sid)
    }
    expect(sids[0]).toBe(sids[1])
    expect((await rest('GET', `/sessions/${sids[0]}`)).body).toMatchObject({
      organization_id: ACME,
      authenticated_organizations: [ACME, GLOBEX],
      authenticated_clients: [
        { client_id: APP, organization_id: ACME },
        { client_id: APP, organization_id: GLOBEX },
      ],
    })
  })
})

describe('the session policy of an organization', () => {
  it.each([
    [{ absolute_session_timeout: 5 }],
    [{ absolute_session_timeout: 0 }],
    [{ absolute_session_timeout: 60, idle_session_timeout: 60, idle_session_timeout_enabled: true }],
    [{ idle_session_timeout: 5, idle_session_timeout_enabled: true }],
    [{ idle_session_timeout_enabled: true }],
    [{ idle_session_timeout: 31, idle_session_timeout_unit: 'DAYS', idle_session_timeout_enabled: true }],
    [{ absolute_session_timeout: 99_999_999, absolute_session_timeout_unit: 'DAYS' }],
    [{ idle_session_timeout: 99_999_999, idle_session_timeout_unit: 'DAYS' }],
    [{ idle_session_timeout: -5 }],
    [{ absolute_session_timeout: 20, absolute_session_timeout_unit: 'hours' }],
  ])('is refused as %j', async (timeouts) => {
    const { status, body } = await setPolicy({ policy_source: 'CUSTOM', ...timeouts })
    expect([status, body.details[0].error_code]).toEqual([400, 'INVALID_ARGUMENT'])
    expect(body.details[0].validation_error_info.field_violations).toHaveLength(1)
    expect((await rest('GET', `/organizations/${ACME}/session-policy`)).body.policy.policy_source).toBe(
      'APPLICATION',
    )
  })

  it('keeps what a change leaves out, and is shown next to that of the environment', async () => {
    const idle = { idle_session_timeout: 2, idle_session_timeout_unit: 'HOURS' }
    await setPolicy({ policy_source: 'CUSTOM', idle_session_timeout_enabled: true, ...idle })
    const { body } = await setPolicy({ policy_source: 'CUSTOM', absolute_session_timeout: 600 })
    expect(body.policy).toMatchObject({ absolute_session_timeout: 600, idle_session_timeout: 120 })
    expect((await rest('GET', `/organizations/${ACME}/application-session-policy`)).body).toEqual({
      application_policy: expect.objectContaining({
        ...{ absolute_session_timeout: 43_200, absolute_session_timeout_unit: 'MINUTES' },
        access_token_expiry: 5,
      }),
    })
  })
})

describe('back-channel logout', () => {
  const endings: [string, (sid: string) => unknown][] = [
    ['the session is revoked', (sid) => rest('POST', `/sessions/${sid}/revoke`)],
    ['all sessions of the user are revoked', () => rest('POST', `/users/${ANA}/sessions/revoke`)],
    ['the user is deleted', () => rest('DELETE', `/users/${ANA}`)],
    ['the organization is deleted', () => rest('DELETE', `/organizations/${ACME}`)],
    ['the session times out', () => local.wait(31 * DAY)],
  ]
  it.each(endings)('tells every address of an application when %s', async (_what, end) => {
    const uris = [application.url, `${application.url}/other`]
    await rest('PATCH', `/clients/${APP}`, { back_channel_logout_uris: uris })
    const { sid } = await signIn()
    await end(sid)
    const [first, second] = await application.arrivals(2)
    expect(first?.headers['content-type']).toContain('application/x-www-form-urlencoded')
    for (const { body = '' } of [first, second].map((one) => ({ ...one }))) {
      const token = new URLSearchParams(body).get('logout_token') ?? ''
      const keys = createRemoteJWKSet(new URL(`${issuer()}/keys`))
      const currentDate = new Date(Number(claimsOf(token).iat) * 1000)
      const options = { issuer: issuer(), audience: APP, typ: 'logout+jwt', currentDate }
      const { payload } = await jwtVerify(token, keys, options)
      expect(payload).toMatchObject({
        sub: ANA,
        sid,
        jti: expect.any(String),
        exp: Number(payload.iat) + 120,
      })
      expect(payload.events).toEqual({ 'http://schemas.openid.net/event/backchannel-logout': {} })
      expect(payload).not.toHaveProperty('nonce')
    }
    expect(await refresh(local, 'gone')).toBe(400)
  })

  it('tells when the user signs out, and tries again until it is answered with success', async () => {
    await rest('PATCH', `/clients/${APP}`, { back_channel_logout_uris: [application.url] })
    const { browser, sid } = await signIn()
    application.answerWith((response) => {
      response.statusCode = application.received.length < 3 ? 503 : 204
      response.end()
    })
    await browser.follow(`${issuer()}/oidc/logout`)
    const bodies = (await application.arrivals(3)).map(({ body }) => body)
    expect(new Set(bodies).size).toBe(1)
    expect(claimsOf(new URLSearchParams(bodies[0]).get('logout_token') ?? '').sid).toBe(sid)
  })
})
