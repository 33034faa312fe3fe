import { decodeJwt } from 'jose'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, type SignedIn, startApplication } from './application.js'
import { connectOrganization, SIMULATOR } from './enterprise-connection.js'
import { ACME, type Environment, GLOBEX, startEnvironment } from './environment.js'
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

const login = (query: Record<string, string>) => `${app.origin}/login?${new URLSearchParams(query)}`

describe('J8: single sign-on by what the application knows', () => {
  let connection: string
  beforeAll(async () => {
    connection = await connectOrganization(environment, ACME, SIMULATOR)
  })

  it('asks first which domain has a connection', async () => {
    const { sdk } = environment
    expect((await sdk.connection.listConnectionsByDomain('acme.example')).connections).toMatchObject([
      { id: connection, enabled: true },
    ])
    expect((await sdk.connection.listConnectionsByDomain('nobody.example')).connections).toEqual([])
  })

  it.each<[string, () => Record<string, string>]>([
    ['the organization', () => ({ organizationId: ACME })],
    ['the connection', () => ({ connectionId: connection })],
    ['the domain', () => ({ domainHint: 'acme.example' })],
    ['the login hint', () => ({ loginHint: 'ana@acme.example' })],
  ])('signs in by %s', async (_, query) => {
    const ana = await Visitor.open(browser)
    await ana.goto(login(query()))
    await ana.shows('Identity provider simulator')
    const email = ana.page.getByLabel('E-mail address')
    if (query().loginHint) expect(await email.inputValue()).toBe('ana@acme.example')
    await email.fill('ana@acme.example')
    await ana.press('Sign in')
    const { user, claims } = await ana.arrives<SignedIn>('Signed in')
    expect(user).toMatchObject({ email: 'ana@acme.example' })
    expect(claims).toMatchObject({ oid: ACME, roles: ['admin'] })
    expect(decodeJwt(app.signedIn.idToken).amr).toEqual([connection])
    await ana.leave()
  })

  it('goes to the page of the environment where no connection has the domain', async () => {
    const eve = await Visitor.open(browser)
    await eve.goto(login({ loginHint: 'eve@nobody.example' }))
    await eve.shows('Sign in')
    expect(await eve.page.locator('input[name="email"]').inputValue()).toBe('eve@nobody.example')
    await eve.leave()
  })

  it.each<[string, () => Record<string, string> | Promise<Record<string, string>>]>([
    ['invalid_connection_selector', () => ({ connectionId: 'conn_999999999999999999' })],
    ['invalid_organization_id', () => ({ organizationId: 'org_999999999999999999' })],
    ['no_active_connections', () => ({ provider: 'gitlab' })],
    [
      'connection_not_active',
      async () => {
        const off = await connectOrganization(environment, GLOBEX, SIMULATOR)
        await environment.api('PATCH', `/organizations/${GLOBEX}/connections/${off}:disable`)
        return { connectionId: off }
      },
    ],
  ])('brings the error %s to the application', async (error, query) => {
    const ana = await Visitor.open(browser)
    await ana.goto(login(await query()))
    expect(await ana.arrives('Sign-in failed')).toEqual({ error, error_description: expect.any(String) })
    await ana.leave()
  })
})

describe('J9: the identity provider simulator', () => {
  let organization: string
  beforeAll(async () => {
    const created = await environment.sdk.organization.createOrganization('Test Organization')
    organization = String(created.organization?.id)
    for (const domain of ['example.com', 'example.org'])
      await environment.sdk.domain.createDomain(organization, domain, { domainType: 'ORGANIZATION_DOMAIN' })
    const administrator = await Visitor.open(browser)
    await administrator.goto((await environment.sdk.organization.generatePortalLink(organization)).location)
    await administrator.press('Connect the identity provider simulator')
    await administrator.page.getByRole('button', { name: 'Disable' }).waitFor()
    await administrator.leave()
  })

  /** Somebody types an address of the test organization, and is at the simulator. */
  async function atSimulator(email: string): Promise<Visitor> {
    const person = await Visitor.open(browser)
    await person.goto(login({}))
    await person.typeEmail(email)
    await person.shows('Identity provider simulator')
    expect(await person.page.getByLabel('E-mail address').inputValue()).toBe(email)
    return person
  }

  it('signs a user in, with names and custom attributes', async () => {
    const lea = await atSimulator('lea@example.com')
    await lea.page.getByLabel('First name').fill('Lea')
    await lea.page.getByLabel('Last name').fill('Lopes')
    await lea.page.getByLabel(/Custom attributes/).fill('team=Blue')
    await lea.press('Sign in')
    const { user, claims } = await lea.arrives<SignedIn>('Signed in')
    expect(user).toMatchObject({ email: 'lea@example.com', givenName: 'Lea', familyName: 'Lopes' })
    // The first user of an organization administers it; who comes later is a member.
    expect(claims).toMatchObject({ oid: organization, roles: ['admin'] })
    expect(decodeJwt(app.signedIn.idToken)).toMatchObject({ team: 'Blue' })
    await lea.leave()
  })

  it('starts a sign-in at the identity provider', async () => {
    const max = await atSimulator('max@example.org')
    await max.press(/IdP-initiated/)
    await max.shows('Identity provider simulator')
    expect(app.initiated.at(-1)).toEqual({ idp_initiated_login: expect.any(String) })
    expect(await max.page.getByLabel('E-mail address').inputValue()).toBe('max@example.org')
    await max.press('Sign in')
    const { claims } = await max.arrives<SignedIn>('Signed in')
    expect(claims).toMatchObject({ oid: organization, roles: ['member'] })
    await max.leave()
  })

  it.each([
    ['Invalid user credentials', 'access_denied'],
    ['User not found', 'access_denied'],
    ['Server error', 'server_error'],
  ])('answers with the error "%s"', async (label, error) => {
    const noa = await atSimulator('noa@example.com')
    await noa.page.getByLabel('Error').selectOption({ label })
    await noa.press('Answer with the error')
    expect(await noa.arrives('Sign-in failed')).toEqual({
      error,
      error_description: expect.stringContaining(label),
    })
    await noa.leave()
  })
})
