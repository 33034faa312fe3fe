import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, FrameLocator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, type SignedIn, startApplication } from './application.js'
import { ACME, type Environment, GLOBEX, startEnvironment } from './environment.js'
import { type IdentityProvider, PERSON, startIdentityProvider } from './identity-provider.js'
import { launchChromium, Visitor } from './visitor.js'

let environment: Environment
let app: Application
let idp: IdentityProvider
let browser: Browser
beforeAll(async () => {
  environment = await startEnvironment()
  app = await startApplication(environment)
  idp = await startIdentityProvider()
  browser = await launchChromium()

  // The application's settings page, with the portal in it as the guide teaches.
  app.routes.get('/settings/sso', async (_request, response) => {
    const { location } = await environment.sdk.organization.generatePortalLink(GLOBEX)
    response.send(`<!doctype html><title>Settings</title><h1>Settings</h1>
<script>window.told = []; addEventListener('message', ({ origin, data }) => {
  if (origin === '${environment.origin}') window.told.push(data)
})</script>
<iframe src="${location}" width="100%" height="600" allow="clipboard-write"></iframe>`)
  })
})
afterAll(async () => {
  await browser?.close()
  await app?.stop()
  await idp?.stop()
  await environment?.stop()
})

/** A value that the portal shows for the identity provider. */
const fact = async (page: Page | FrameLocator, name: string) =>
  ((await page.locator(`dt:has-text("${name}") + dd`).textContent()) ?? '').trim()

/** From a frame the test opens a tab, which shows who is signed in at the identity provider. */
async function tested(administrator: Visitor, portal: FrameLocator): Promise<void> {
  const tab = await administrator.opens(portal.getByRole('link', { name: 'Test the connection' }))
  await tab.getByRole('heading', { name: 'The test worked' }).waitFor()
  expect(await fact(tab, 'email')).toBe(PERSON.email)
  await tab.close()
}

describe('J12: the admin portal', () => {
  it('opens by a link, once, and connects SAML: test, enable, sign in', async () => {
    const { location } = await environment.sdk.organization.generatePortalLink(ACME)
    const administrator = await Visitor.open(browser)
    const { page } = administrator
    await administrator.goto(location)
    expect(await administrator.heading()).toBe('Acme Robotics')
    await administrator.press('Connect with SAML')
    await page.getByLabel('Metadata URL').fill(idp.metadataUrl)
    await administrator.press('Save')
    expect(await fact(page, 'Assertion consumer URL')).toMatch(/\/sso\/v1\/saml\/conn_/)

    await administrator.press('Test the connection')
    await administrator.shows('The test worked')
    expect(await fact(page, 'email')).toBe(PERSON.email)
    await administrator.press('Back to the connection')
    await administrator.press('Enable')
    await page.getByRole('button', { name: 'Disable' }).waitFor()
    await administrator.leave()

    const late = await Visitor.open(browser)
    await late.goto(location)
    expect(await late.heading()).toBe('This link does not open the portal')
    expect(late.expectedProblems()[0]).toMatch(/^410 /)
    await late.leave()

    // The domain of the address leads to the identity provider, which creates the user.
    const gil = await Visitor.open(browser)
    await gil.goto(`${app.origin}/login`)
    await gil.typeEmail(PERSON.email)
    const { user, claims } = await gil.arrives<SignedIn>('Signed in')
    expect(user).toMatchObject({ email: PERSON.email, givenName: 'Gil', familyName: 'Gomes' })
    expect(claims).toMatchObject({ oid: ACME, roles: ['member'] })
    await gil.leave()
  })

  it('is embedded in the application, connects OpenID Connect, and tells what happens', async () => {
    const administrator = await Visitor.open(browser)
    const { page } = administrator
    const told = () => page.evaluate<Record<string, unknown>[]>('told')
    await administrator.goto(`${app.origin}/settings/sso`)
    const portal = page.frameLocator('iframe')
    await portal.getByRole('link', { name: 'Connect with OpenID Connect' }).click()
    await portal.getByLabel('Issuer').fill(idp.issuer)
    await portal.getByLabel('Client ID').fill(idp.client.id)
    await portal.getByLabel('Client secret').fill(idp.client.secret)
    await portal.getByRole('button', { name: 'Save' }).click()
    expect(await fact(portal, 'Redirect URI')).toMatch(/\/sso\/v1\/oidc\/conn_\d+\/callback$/)
    const id = await fact(portal, 'Connection')

    await tested(administrator, portal)
    await portal.getByRole('button', { name: 'Enable' }).click()
    await portal.getByRole('button', { name: 'Disable' }).click()
    await portal.getByRole('button', { name: 'Enable' }).waitFor()
    const data = { id, type: 'OIDC', connection_type: 'SSO' }
    await expect.poll(told).toMatchObject([
      { event_type: 'PORTAL_LOAD_SUCCESS', organization_id: GLOBEX, data: { expiry: expect.any(String) } },
      { event_type: 'ORGANIZATION_SSO_ENABLED', organization_id: GLOBEX, data: { ...data, enabled: true } },
      { event_type: 'ORGANIZATION_SSO_DISABLED', organization_id: GLOBEX, data: { ...data, enabled: false } },
    ])
    await administrator.leave()
  })

  it('tests SAML in the application too, and tells when its session has ended', async () => {
    const administrator = await Visitor.open(browser)
    const { page } = administrator
    const told = () => page.evaluate<Record<string, unknown>[]>('told')
    await administrator.goto(`${app.origin}/settings/sso`)
    const portal = page.frameLocator('iframe')
    await portal.getByRole('link', { name: 'Connect with SAML' }).click()
    await portal.getByLabel('Metadata URL').fill(idp.metadataUrl)
    await portal.getByRole('button', { name: 'Save' }).click()
    await tested(administrator, portal)

    await environment.later(6 * 3600, async () => {
      await portal.getByRole('link', { name: 'Globex' }).click()
      await expect
        .poll(async () => (await told()).at(-1))
        .toMatchObject({ event_type: 'PORTAL_LOAD_FAILURE', data: { error_code: 'SESSION_EXPIRED' } })
    })
    expect(administrator.expectedProblems()[0]).toMatch(/^401 /)
    await administrator.leave()
  })

  it('opens in no page of another site', async () => {
    const stranger = await Visitor.open(browser)
    const { location } = await environment.sdk.organization.generatePortalLink(ACME)
    const site = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end(`<iframe src="${location}"></iframe>`)
    })
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
    const blocked = stranger.page.waitForEvent('requestfailed')
    await stranger.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`)
    expect((await blocked).failure()?.errorText).toBe('net::ERR_BLOCKED_BY_RESPONSE')
    stranger.expectedProblems()
    await stranger.leave()
    site.closeAllConnections()
    await new Promise((resolve) => site.close(resolve))
  })
})
