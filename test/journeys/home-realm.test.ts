import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, type SignedIn, startApplication } from './application.js'
import { ACME, type Environment, startEnvironment } from './environment.js'
import { connectSimulator, signInAtSimulator } from './simulator.js'
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

/** Turns on a way to sign in for the whole environment. */
async function enable(connection: Record<string, string>, settings?: object): Promise<void> {
  const created = await environment.api<{ connection: { id: string } }>('POST', '/connections', connection)
  const path = `/connections/${created.connection.id}`
  if (settings) await environment.api('PATCH', path, settings)
  await environment.api('PATCH', `${path}:enable`)
}

/** Gives the browser an authenticator of its own, as Chromium's developer tools make one. */
async function addAuthenticator({ page }: Visitor): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true },
      ...{ hasUserVerification: true, isUserVerified: true },
    },
  })
}

describe('J11: home realm discovery', () => {
  it('sends people of a domain to the identity provider of their organization, however they begin', async () => {
    await enable({ type: 'WEBAUTHN', provider: 'SCALEKIT', provider_key: 'SCALEKIT', key_id: 'WEBAUTHN' })
    const ana = await Visitor.open(browser)
    await addAuthenticator(ana)
    await ana.goto(`${app.origin}/login`)
    await ana.page.getByLabel('Or with a passkey; e-mail address for a new one').fill('ana@acme.example')
    await ana.press('Make one by e-mail')
    await ana.shows('Look into your e-mail')
    await ana.goto((await environment.mail('ana@acme.example')).link ?? '')
    await ana.press('Make it and sign in')
    await ana.arrives('Signed in')
    await ana.goto(`${app.origin}/logout`)
    await ana.arrives('Signed out')

    await connectSimulator(environment, browser, ACME)

    // With a passkey.
    await ana.goto(`${app.origin}/login`)
    await ana.press('Sign in with a passkey')
    await signInAtSimulator(ana)
    const byPasskey = await ana.arrives<SignedIn>('Signed in')
    expect(byPasskey).toMatchObject({ user: { email: 'ana@acme.example' }, claims: { oid: ACME } })
    await ana.leave()

    // With a typed address, of somebody who was not here yet.
    const nils = await Visitor.open(browser)
    await nils.goto(`${app.origin}/login`)
    await nils.typeEmail('nils@acme.example')
    await signInAtSimulator(nils)
    const typed = await nils.arrives<SignedIn>('Signed in')
    expect(typed).toMatchObject({
      user: { email: 'nils@acme.example' },
      claims: { oid: ACME, roles: ['member'] },
    })
    await nils.leave()

    // With a social provider.
    await enable(
      { type: 'OAUTH', provider: 'GOOGLE', key_id: 'google' },
      { provider: 'GOOGLE', oauth_config: { use_platform_creds: true } },
    )
    const ben = await Visitor.open(browser)
    await ben.goto(`${app.origin}/login`)
    await ben.press('Continue with Google')
    await signInAtSimulator(ben, { email: 'ben@acme.example' })
    await signInAtSimulator(ben)
    const bySocial = await ben.arrives<SignedIn>('Signed in')
    expect(bySocial).toMatchObject({ user: { email: 'ben@acme.example' }, claims: { oid: ACME } })
    await ben.leave()

    // A subdomain is another domain: its people sign in here.
    const sub = await Visitor.open(browser)
    await sub.goto(`${app.origin}/login`)
    await sub.typeEmail('sub@eu.acme.example')
    await sub.shows('Check your e-mail')
    await sub.leave()
  })
})
