import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, type SignedIn, startApplication } from './application.js'
import { connectOrganization, SIMULATOR } from './enterprise-connection.js'
import { ACME, type Environment, GLOBEX, INITECH, startEnvironment } from './environment.js'
import { signInAtSimulator } from './simulator.js'
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

/** Opens the sign-in page and types an address, and the code that is sent to it. */
async function signInByCode(email: string): Promise<Visitor> {
  const visitor = await Visitor.open(browser)
  await visitor.goto(`${app.origin}/login`)
  await visitor.page.locator('input[name="email"]').fill(email)
  await visitor.press('E-mail me a code')
  await visitor.typeCode((await environment.mail(email)).code ?? '')
  return visitor
}

describe('J26: the domains of an organization', () => {
  it('offers an organization to people of an allowed e-mail domain, who join with one click', async () => {
    const { domain, user } = environment.sdk
    await domain.createDomain(GLOBEX, 'partner.example', { domainType: 'ALLOWED_EMAIL_DOMAIN' })
    const kim = await signInByCode('kim@partner.example')
    expect(await kim.heading()).toBe('Choose an organization')
    await kim.press(/Globex.*Join/)
    const { claims } = await kim.arrives<SignedIn>('Signed in')
    expect(claims).toMatchObject({ oid: GLOBEX, roles: ['member'] })
    await kim.leave()
    const { users } = await user.listOrganizationUsers(GLOBEX, { pageSize: 100 })
    expect(users.map(({ email }) => email)).toContain('kim@partner.example')

    const lee = await signInByCode('lee@sub.partner.example')
    expect((await lee.arrives<SignedIn>('Signed in')).claims.oid).not.toBe(GLOBEX)
    await lee.leave()
  })

  it('adds nobody who does not choose it', async () => {
    const { domain, user } = environment.sdk
    await domain.createDomain(INITECH, 'vendor.example', { domainType: 'ALLOWED_EMAIL_DOMAIN' })
    await user.createUserAndMembership(ACME, { email: 'val@vendor.example', sendInvitationEmail: false })
    const val = await signInByCode('val@vendor.example')
    await val.press(/Acme Robotics/)
    expect((await val.arrives<SignedIn>('Signed in')).claims).toMatchObject({ oid: ACME })
    await val.leave()
    const { users } = await user.listOrganizationUsers(INITECH, { pageSize: 100 })
    expect(users.map(({ email }) => email)).not.toContain('val@vendor.example')
  })

  it.each(['gmail.com', 'Outlook.com', 'mailinator.com'])('welcomes nobody by %s', async (name) => {
    const allowed = { domainType: 'ALLOWED_EMAIL_DOMAIN' }
    await expect(environment.sdk.domain.createDomain(GLOBEX, name, allowed)).rejects.toMatchObject({
      httpStatus: 400,
    })
  })

  it('sends people of a domain that the developer adds to the identity provider at once', async () => {
    const { domain, connection } = environment.sdk
    const connected = await connectOrganization(environment, INITECH, SIMULATOR)
    expect((await connection.listConnectionsByDomain('initech.example')).connections).toEqual([])
    const { domain: added } = await domain.createDomain(INITECH, 'initech.example')
    expect(added).toMatchObject({ verificationMethod: 1, txtRecordKey: '' })
    await expect(domain.createDomain(GLOBEX, 'initech.example')).rejects.toMatchObject({ httpStatus: 409 })
    const { connections } = await connection.listConnectionsByDomain('initech.example')
    expect(connections.map(({ id }) => id)).toEqual([connected])
    const dev = await Visitor.open(browser)
    await dev.goto(`${app.origin}/login`)
    await dev.typeEmail('dev@initech.example')
    await signInAtSimulator(dev)
    expect((await dev.arrives<SignedIn>('Signed in')).claims).toMatchObject({ oid: INITECH })
    await dev.leave()
  })
})
