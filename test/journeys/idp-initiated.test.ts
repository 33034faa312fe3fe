import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, type SignedIn, startApplication } from './application.js'
import { connectOrganization } from './enterprise-connection.js'
import { ACME, type Environment, startEnvironment } from './environment.js'
import { type IdentityProvider, PERSON, startIdentityProvider } from './identity-provider.js'
import { launchChromium, Visitor } from './visitor.js'

let environment: Environment
let app: Application
let idp: IdentityProvider
let browser: Browser
let connection: string
beforeAll(async () => {
  environment = await startEnvironment()
  app = await startApplication(environment)
  idp = await startIdentityProvider()
  browser = await launchChromium()
  connection = await connectOrganization(environment, ACME, {
    ...{ type: 'SAML', provider: 'OKTA' },
    saml_config: { idp_metadata_url: idp.metadataUrl },
  })
})
afterAll(async () => {
  await browser?.close()
  await app?.stop()
  await idp?.stop()
  await environment?.stop()
})

/** Somebody opens the application from their page at the identity provider. */
async function openTile(relayState: string): Promise<Visitor> {
  const audience = `${environment.url}/sso/v1/saml/${connection}`
  const gil = await Visitor.open(browser)
  await gil.goto(idp.tile({ acs: `${audience}/callback`, audience, relayState }))
  await gil.press('Open the application')
  return gil
}

describe('J10: a sign-in that starts at the identity provider', () => {
  it('brings a token to the application, which starts a sign-in that needs no page', async () => {
    const gil = await openTile('/reports')
    const { user, claims } = await gil.arrives<SignedIn>('Signed in')
    expect(user).toMatchObject({ email: PERSON.email, givenName: 'Gil' })
    expect(claims).toMatchObject({ oid: ACME })
    const { idp_initiated_login: token = '' } = app.initiated.at(-1) ?? {}
    expect(await environment.sdk.getIdpInitiatedLoginClaims(token)).toMatchObject({
      ...{ connection_id: connection, organization_id: ACME, login_hint: PERSON.email },
      relay_state: '/reports',
    })
    await gil.leave()
  })

  it('brings the error where the connection is disabled', async () => {
    await environment.api('PATCH', `/organizations/${ACME}/connections/${connection}:disable`)
    const gil = await openTile('')
    expect(await gil.arrives('Sign-in failed')).toMatchObject({ error: 'connection_not_active' })
    await gil.leave()
  })
})
