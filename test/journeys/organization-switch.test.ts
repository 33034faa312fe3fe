import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, type SignedIn, startApplication } from './application.js'
import { ACME, CLIENT, type Environment, GLOBEX, INITECH, startEnvironment } from './environment.js'
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

const CHOOSER = 'Choose an organization'

/** What the session that the application has was used for. */
async function session(claims: Record<string, unknown>) {
  const { organizationId, authenticatedOrganizations, authenticatedClients } =
    await environment.sdk.session.getSession(String(claims.sid))
  return {
    organizationId,
    organizations: authenticatedOrganizations.toSorted(),
    clients: authenticatedClients.map((used) => `${used.clientId} ${used.organizationId}`).toSorted(),
  }
}

describe('J14: several organizations', () => {
  it('are chosen after sign-in, and switched without another sign-in; one session has both', async () => {
    const chi = await Visitor.open(browser)
    await chi.goto(`${app.origin}/login`)
    await chi.press('chi@globex.example')
    await chi.shows(CHOOSER)
    await chi.press('Globex')
    const first = (await chi.arrives<SignedIn>('Signed in')).claims
    expect(first).toMatchObject({ oid: GLOBEX, roles: ['admin'] })
    expect(await session(first)).toMatchObject({ organizationId: GLOBEX, organizations: [GLOBEX] })

    // Signing in again goes on in the same organization.
    await chi.goto(`${app.origin}/login`)
    expect((await chi.arrives<SignedIn>('Signed in')).claims).toMatchObject({ oid: GLOBEX })

    // The application's own switcher.
    await chi.goto(`${app.origin}/login?prompt=select_account&organizationId=${ACME}`)
    const second = (await chi.arrives<SignedIn>('Signed in')).claims
    expect(second).toMatchObject({ oid: ACME, roles: ['guest'], sid: first.sid })
    const both = await session(second)
    expect(both).toMatchObject({ organizationId: ACME, organizations: [ACME, GLOBEX] })
    expect(both.clients).toEqual([`${CLIENT.id} ${ACME}`, `${CLIENT.id} ${GLOBEX}`])

    // The hosted chooser.
    await chi.goto(`${app.origin}/login?prompt=select_account`)
    await chi.shows(CHOOSER)
    await chi.press('Globex')
    expect((await chi.arrives<SignedIn>('Signed in')).claims).toMatchObject({ oid: GLOBEX, sid: first.sid })
    await chi.leave()
  })

  it('has no chooser where the request says which, or where there is only one', async () => {
    const chi = await Visitor.open(browser)
    await chi.goto(`${app.origin}/login?prompt=select_account&organizationId=${ACME}`)
    await chi.press('chi@globex.example')
    expect((await chi.arrives<SignedIn>('Signed in')).claims).toMatchObject({ oid: ACME })
    await chi.leave()

    const ana = await Visitor.open(browser)
    await ana.goto(`${app.origin}/login?prompt=select_account`)
    await ana.press('ana@acme.example')
    expect((await ana.arrives<SignedIn>('Signed in')).claims).toMatchObject({ oid: ACME })
    await ana.goto(`${app.origin}/login?prompt=select_account`)
    expect((await ana.arrives<SignedIn>('Signed in')).claims).toMatchObject({ oid: ACME })
    await ana.leave()
  })

  it('tells the application when the person does not belong to the organization', async () => {
    const chi = await Visitor.open(browser)
    await chi.goto(`${app.origin}/login`)
    await chi.press('chi@globex.example')
    await chi.press('Globex')
    await chi.arrives('Signed in')
    await chi.goto(`${app.origin}/login?prompt=select_account&organizationId=${INITECH}`)
    expect(await chi.arrives('Sign-in failed')).toMatchObject({ error: 'access_denied' })
    await chi.leave()
  })

  it('keeps each organization’s own way to sign in', async () => {
    await connectSimulator(environment, browser, ACME)
    const chi = await Visitor.open(browser)
    await chi.goto(`${app.origin}/login`)
    await chi.press('chi@globex.example')
    await chi.shows(CHOOSER)
    await chi.press('Globex')
    await chi.arrives('Signed in')
    await chi.goto(`${app.origin}/login?prompt=select_account&organizationId=${ACME}`)
    await signInAtSimulator(chi, { email: 'chi@globex.example' })
    // The address is of no domain of Acme: it is proven once.
    await chi.shows('Check your e-mail')
    await chi.typeCode((await environment.mail('chi@globex.example')).code ?? '')
    expect((await chi.arrives<SignedIn>('Signed in')).claims).toMatchObject({ oid: ACME, roles: ['guest'] })
    await chi.leave()
  })
})
