import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, type SignedIn, startApplication } from './application.js'
import { ACME, CLIENT, type Environment, startEnvironment } from './environment.js'
import { launchChromium, Visitor } from './visitor.js'

let environment: Environment
let app: Application
let browser: Browser
beforeAll(async () => {
  environment = await startEnvironment()
  app = await startApplication(environment)
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await app?.stop()
  await environment?.stop()
})

describe('J1: the web quickstart', () => {
  it('signs in without PKCE: state, code, tokens in cookies, the user of the ID token', async () => {
    const ana = await Visitor.open(browser)
    await ana.goto(`${app.origin}/login`)
    await ana.press(/ana@acme\.example/)
    const { user, claims } = await ana.arrives<SignedIn>('Signed in')
    expect(user).toMatchObject({ email: 'ana@acme.example', name: 'Ana Almeida', givenName: 'Ana' })
    expect(claims).toMatchObject({ iss: environment.url, aud: [CLIENT.id], oid: ACME, roles: ['admin'] })
    expect(app.signedIn.expiresIn).toBe(300)
    await ana.leave()
  })
})

describe('J2: tokens are validated, refreshed and rotated', () => {
  it('refreshes an expired token; a repeated request ends nothing, a stolen refresh token ends all', async () => {
    const ana = await Visitor.open(browser)
    await ana.goto(`${app.origin}/login`)
    await ana.press(/ana@acme\.example/)
    await ana.arrives('Signed in')
    const first = app.signedIn
    const options = { issuer: environment.url, audience: [CLIENT.id] }
    expect(await environment.sdk.validateAccessToken(first.accessToken, options)).toBe(true)
    expect(
      await environment.sdk.validateAccessToken(first.accessToken, { ...options, audience: ['another'] }),
    ).toBe(false)

    const second = await environment.sdk.refreshAccessToken(first.refreshToken ?? '')
    expect(second.refreshToken).not.toBe(first.refreshToken)
    expect(await environment.sdk.validateAccessToken(second.accessToken, options)).toBe(true)

    // Two tabs refresh at once: one is refused, and the application stays signed in.
    await expect(environment.sdk.refreshAccessToken(first.refreshToken ?? '')).rejects.toThrow()
    const third = await environment.sdk.refreshAccessToken(second.refreshToken)
    expect(await environment.sdk.validateAccessToken(third.accessToken, options)).toBe(true)

    // Sent later, a used token is taken for stolen (OAuth 2.1, section 4.3.1).
    await environment.later(60, () =>
      expect(environment.sdk.refreshAccessToken(second.refreshToken)).rejects.toThrow(),
    )
    await expect(environment.sdk.refreshAccessToken(third.refreshToken)).rejects.toThrow()
    await ana.leave()
  })
})

describe('J3: sign-out by redirect', () => {
  it('ends the session and its refresh token, and returns to the registered page', async () => {
    const ana = await Visitor.open(browser)
    await ana.goto(`${app.origin}/login`)
    await ana.press(/ana@acme\.example/)
    await ana.arrives('Signed in')
    const { refreshToken } = app.signedIn
    await ana.goto(`${app.origin}/logout`)
    await ana.arrives('Signed out')
    await expect(environment.sdk.refreshAccessToken(refreshToken ?? '')).rejects.toThrow()
    await ana.goto(`${app.origin}/login`)
    await ana.page.getByRole('button', { name: /ana@acme\.example/ }).waitFor()
    await ana.goto(`${app.origin}/logout`)
    expect(await ana.heading()).toMatch(/signed out/i)
    await ana.leave()
  })

  it('ends the session of the cookie where the URL has no parameters, and shows that', async () => {
    const ana = await Visitor.open(browser)
    await ana.goto(`${app.origin}/login`)
    await ana.press(/ana@acme\.example/)
    await ana.arrives('Signed in')
    const { refreshToken } = app.signedIn
    await ana.goto(`${environment.url}/oidc/logout`)
    expect(await ana.heading()).toMatch(/signed out/i)
    await expect(environment.sdk.refreshAccessToken(refreshToken ?? '')).rejects.toThrow()
    await ana.leave()
  })
})
