import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, type SignedIn, startApplication } from './application.js'
import { connectOrganization, SIMULATOR } from './enterprise-connection.js'
import { ACME, type Environment, startEnvironment } from './environment.js'
import { connectSocial, signInAtSimulator } from './simulator.js'
import { launchChromium, Visitor } from './visitor.js'

const ANA = 'usr_100000000000000101'

let environment: Environment
let app: Application
let browser: Browser
let google: string
let github: string
beforeAll(async () => {
  environment = await startEnvironment()
  app = await startApplication(environment)
  google = await connectSocial(environment, 'GOOGLE')
  github = await connectSocial(environment, 'GITHUB')
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await app?.stop()
  await environment?.stop()
})

/** Signs in to the application with a browser of its own; returns what the application sees. */
async function signIn(path: string, steps: (visitor: Visitor) => Promise<void>): Promise<SignedIn> {
  const visitor = await Visitor.open(browser)
  await visitor.goto(`${app.origin}${path}`)
  await steps(visitor)
  const shown = await visitor.arrives<SignedIn>('Signed in')
  await visitor.leave()
  return shown
}

describe('J20: social sign-in', () => {
  it('links every provider that has verified the same address to one user', async () => {
    const byButton = await signIn('/login', async (ana) => {
      await ana.press('Continue with Google')
      expect(ana.page.url()).toContain(`/simulator/${google}/`)
      await signInAtSimulator(ana, { email: 'Ana@acme.example' })
    })
    expect(byButton.claims).toMatchObject({ sub: ANA, oid: ACME, roles: ['admin'] })
    const byProvider = await signIn('/login?provider=github', async (ana) => {
      expect(ana.page.url()).toContain(`/simulator/${github}/`)
      await signInAtSimulator(ana, { email: 'ana@acme.example' })
    })
    expect(byProvider.claims.sub).toBe(ANA)
    const { users } = await environment.sdk.user.searchUsers('ana@acme.example')
    expect(users.map(({ id }) => id)).toEqual([ANA])
  })

  it('signs up somebody new, whom a code by e-mail then finds again', async () => {
    const email = 'nia@mail.example'
    const first = await signIn('/login?provider=google', (nia) =>
      signInAtSimulator(nia, { email, first: 'Nia', last: 'Novak' }),
    )
    expect(first.user).toMatchObject({ email, givenName: 'Nia', familyName: 'Novak' })
    expect(first.claims).toMatchObject({ oid: expect.stringMatching(/^org_/), roles: ['admin'] })
    const second = await signIn('/login', async (nia) => {
      await nia.page.locator('input[name="email"]').fill(email)
      await nia.press('E-mail me a code')
      await nia.typeCode((await environment.mail(email)).code ?? '')
    })
    expect(second.claims).toMatchObject({ sub: first.claims.sub, oid: first.claims.oid })
  })

  it('goes on to the identity provider of an organization that owns the domain of the address', async () => {
    await connectOrganization(environment, ACME, SIMULATOR)
    const { claims } = await signIn('/login?provider=google', async (ben) => {
      await signInAtSimulator(ben, { email: 'ben@acme.example' })
      await ben.page.waitForURL((url) => /\/simulator\/conn_/.test(url.href) && !url.href.includes(google))
      await signInAtSimulator(ben)
    })
    expect(claims).toMatchObject({ sub: 'usr_100000000000000102', oid: ACME })
  })

  it('is refused with an error for a provider that is not enabled, and when the person declines', async () => {
    const visitor = await Visitor.open(browser)
    await visitor.goto(`${app.origin}/login?provider=linkedin`)
    expect(await visitor.arrives('Sign-in failed')).toMatchObject({ error: 'no_active_connections' })
    await visitor.goto(`${app.origin}/login?provider=github`)
    await visitor.press('Answer with the error')
    expect(await visitor.arrives('Sign-in failed')).toMatchObject({ error: 'access_denied' })
    await visitor.leave()
  })
})
