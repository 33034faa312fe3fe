import { urlencoded } from 'express'
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, type SignedIn, startApplication } from './application.js'
import { ACME, CLIENT, type Environment, startEnvironment } from './environment.js'
import { launchChromium, Visitor } from './visitor.js'

const ANA = 'usr_100000000000000101'
const MINUTE = 60

let environment: Environment
let app: Application
let browser: Browser
/** The logout tokens that the application received and verified, by session. */
const loggedOut = new Map<string, JWTPayload>()

beforeAll(async () => {
  environment = await startEnvironment()
  app = await startApplication(environment)
  await receiveLogoutTokens()
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await app?.stop()
  await environment?.stop()
})

/** The application's back-channel logout URL (OpenID Connect Back-Channel Logout 1.0, section 2.6). */
async function receiveLogoutTokens(): Promise<void> {
  const keys = createRemoteJWKSet(new URL(`${environment.url}/keys`))
  app.routes.post('/backchannel', urlencoded({ extended: false }), async (request, response) => {
    const options = { issuer: environment.url, audience: CLIENT.id, typ: 'logout+jwt', algorithms: ['RS256'] }
    const { payload } = await jwtVerify(request.body.logout_token, keys, options)
    const { sid, events, nonce } = payload
    const valid = Object(events)['http://schemas.openid.net/event/backchannel-logout'] && nonce === undefined
    if (!valid || typeof sid !== 'string') return response.sendStatus(400)
    loggedOut.set(sid, payload)
    response.sendStatus(200)
  })
  await environment.api('PATCH', `/clients/${CLIENT.id}`, {
    back_channel_logout_uris: [`${app.origin}/backchannel`],
  })
}

/** Signs Ana in with a browser of its own. */
async function signIn() {
  const visitor = await Visitor.open(browser)
  await visitor.goto(`${app.origin}/login`)
  await visitor.press(/ana@acme\.example/)
  const { claims } = await visitor.arrives<SignedIn>('Signed in')
  return { visitor, sid: String(claims.sid), refreshToken: app.signedIn.refreshToken ?? '' }
}

async function activeSessions(): Promise<string[]> {
  const { sessions } = await environment.sdk.session.getUserSessions(ANA, { filter: { status: ['ACTIVE'] } })
  return sessions.map(({ sessionId }) => sessionId).sort()
}

/** Whether the environment asks this browser to sign in again. */
async function isAskedToSignIn({ visitor }: { visitor: Visitor }): Promise<boolean> {
  await visitor.goto(`${app.origin}/login`)
  return (await visitor.heading()) === 'Sign in'
}

const refresh = (token: string) => environment.sdk.refreshAccessToken(token)

describe('J29: the sessions of a user', () => {
  it('are listed, and one is revoked without the others', async () => {
    const [laptop, phone] = [await signIn(), await signIn()]
    expect(await activeSessions()).toEqual([laptop.sid, phone.sid].sort())
    const shown = await environment.sdk.session.getSession(phone.sid)
    expect(shown).toMatchObject({
      ...{ userId: ANA, organizationId: ACME, status: 'active' },
      authenticatedOrganizations: [ACME],
      authenticatedClients: [{ clientId: CLIENT.id, organizationId: ACME }],
    })

    await environment.sdk.session.revokeSession(phone.sid)
    await expect(refresh(phone.refreshToken)).rejects.toThrow()
    expect(await isAskedToSignIn(phone)).toBe(true)
    await refresh(laptop.refreshToken)
    expect(await isAskedToSignIn(laptop)).toBe(false)
    expect(await activeSessions()).toEqual([laptop.sid])
    expect((await environment.sdk.session.getSession(phone.sid)).status).toBe('revoked')

    await expect.poll(() => loggedOut.get(phone.sid)).toMatchObject({ sub: ANA, aud: CLIENT.id })
    expect(loggedOut.has(laptop.sid)).toBe(false)
    await laptop.visitor.leave()
    await phone.visitor.leave()
  })

  it('are revoked all at once, and only those that were active', async () => {
    const before = await activeSessions()
    const [laptop, phone] = [await signIn(), await signIn()]
    const { revokedSessions, totalRevoked } = await environment.sdk.session.revokeAllUserSessions(ANA)
    expect(totalRevoked).toBe(before.length + 2)
    expect(revokedSessions.map(({ sessionId }) => sessionId).sort()).toEqual(
      [...before, laptop.sid, phone.sid].sort(),
    )
    for (const one of [laptop, phone]) {
      await expect(refresh(one.refreshToken)).rejects.toThrow()
      expect(await isAskedToSignIn(one)).toBe(true)
      await expect.poll(() => loggedOut.has(one.sid)).toBe(true)
      await one.visitor.leave()
    }
    expect(await activeSessions()).toEqual([])
    expect((await environment.sdk.session.revokeAllUserSessions(ANA)).totalRevoked).toBe(0)
  })

  it('end by signing out, which the application hears on its back channel too', async () => {
    const { visitor, sid } = await signIn()
    await visitor.goto(`${app.origin}/logout`)
    await visitor.arrives('Signed out')
    await expect.poll(() => loggedOut.get(sid)).toMatchObject({ sub: ANA, sid })
    expect((await environment.sdk.session.getSession(sid)).status).toBe('logout')
    await visitor.leave()
  })

  it('follow the policy of the organization, from the next sign-in on', async () => {
    const { organization, session } = environment.sdk
    const before = await signIn()
    const policy = { policySource: 'CUSTOM', absoluteSessionTimeoutUnit: 'HOURS' } as const
    const idle = { idleSessionTimeoutEnabled: true, idleSessionTimeoutUnit: 'MINUTES' } as const
    await expect(
      organization.updateOrganizationSessionPolicy(ACME, {
        ...{ ...policy, ...idle, absoluteSessionTimeout: 1, idleSessionTimeout: 60 },
      }),
    ).rejects.toThrow()
    await organization.updateOrganizationSessionPolicy(ACME, {
      ...{ ...policy, ...idle, absoluteSessionTimeout: 2, idleSessionTimeout: 30 },
    })
    expect(await organization.getOrganizationSessionPolicy(ACME)).toMatchObject({
      ...{ absoluteSessionTimeout: 120, idleSessionTimeout: 30, idleSessionTimeoutEnabled: true },
    })
    const after = await signIn()
    await environment.later(20 * MINUTE, () => refresh(before.refreshToken))
    await environment.later(31 * MINUTE, async () => {
      await expect(refresh(after.refreshToken)).rejects.toThrow()
      expect(await isAskedToSignIn(after)).toBe(true)
      expect(await isAskedToSignIn(before)).toBe(false)
      expect((await session.getSession(after.sid)).status).toBe('expired')
      await expect.poll(() => loggedOut.get(after.sid)).toMatchObject({ sub: ANA })
    })
    await before.visitor.leave()
    await after.visitor.leave()
  })
})
