import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, type SignedIn, startApplication } from './application.js'
import { connectOrganization, SIMULATOR } from './enterprise-connection.js'
import { ACME, type Environment, startEnvironment } from './environment.js'
import { signInAtSimulator } from './simulator.js'
import { launchChromium, Visitor } from './visitor.js'

let environment: Environment
let app: Application
let browser: Browser
let connection: string
beforeAll(async () => {
  environment = await startEnvironment()
  app = await startApplication(environment)
  connection = await connectOrganization(environment, ACME, SIMULATOR)
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await app?.stop()
  await environment?.stop()
})

const emails = async () =>
  (await environment.sdk.user.listOrganizationUsers(ACME, { pageSize: 100 })).users.map(({ email }) => email)

/** Somebody at the identity provider of Acme, as the application sends them there. */
async function atAcme(person: { email: string; first?: string; last?: string }): Promise<Visitor> {
  const visitor = await Visitor.open(browser)
  await visitor.goto(`${app.origin}/login?organizationId=${ACME}`)
  await signInAtSimulator(visitor, person)
  return visitor
}

/** Types the code that was sent to an address. */
async function provesAddress(visitor: Visitor, email: string): Promise<void> {
  await visitor.page.getByRole('heading', { name: 'Check your e-mail' }).waitFor()
  await visitor.typeCode((await environment.mail(email)).code ?? '')
}

describe('J25: just-in-time provisioning', () => {
  it('lets people of a registered domain join, as members, by their address alone', async () => {
    const nia = await Visitor.open(browser)
    await nia.goto(`${app.origin}/login`)
    await nia.typeEmail('nia@acme.example')
    expect(nia.page.url()).toContain(`/simulator/${connection}/`)
    await signInAtSimulator(nia, { first: 'Nia', last: 'Novak' })
    const { user, claims } = await nia.arrives<SignedIn>('Signed in')
    expect(user).toMatchObject({ email: 'nia@acme.example', givenName: 'Nia', familyName: 'Novak' })
    expect(claims).toMatchObject({ oid: ACME, roles: ['member'] })
    expect(await emails()).toContain('nia@acme.example')
    await nia.leave()

    const again = await atAcme({ email: 'nia@acme.example' })
    expect((await again.arrives<SignedIn>('Signed in')).claims.sub).toBe(claims.sub)
    await again.leave()
  })

  it('lets no stranger of another domain join, even with a proven address', async () => {
    const stranger = await atAcme({ email: 'sid@stranger.example' })
    await provesAddress(stranger, 'sid@stranger.example')
    expect(await stranger.arrives('Sign-in failed')).toMatchObject({ error: 'access_denied' })
    expect(await emails()).not.toContain('sid@stranger.example')
    await stranger.leave()
  })

  it('lets an invited contractor in after one check of the address', async () => {
    const email = 'con@tractor.example'
    // The official SDK has no roles here.
    await environment.api('POST', `/organizations/${ACME}/users`, {
      ...{ email, membership: { roles: [{ name: 'guest' }] } },
    })
    const first = await atAcme({ email })
    await provesAddress(first, email)
    expect((await first.arrives<SignedIn>('Signed in')).claims).toMatchObject({ oid: ACME, roles: ['guest'] })
    await first.leave()
    const second = await atAcme({ email })
    expect((await second.arrives<SignedIn>('Signed in')).claims.oid).toBe(ACME)
    await second.leave()
  })

  it('adds nobody while it is off for the connection; members still get in', async () => {
    await environment.api('PATCH', `/organizations/${ACME}/connections/${connection}`, {
      ...{ type: 'OIDC', provider: 'IDP_SIMULATOR' },
      oidc_config: { jit_provisioning_with_sso_enabled: false },
    })
    const newcomer = await atAcme({ email: 'new@acme.example' })
    expect(await newcomer.arrives('Sign-in failed')).toMatchObject({ error: 'access_denied' })
    expect(await emails()).not.toContain('new@acme.example')
    await newcomer.leave()
    const ana = await atAcme({ email: 'ana@acme.example' })
    expect((await ana.arrives<SignedIn>('Signed in')).claims).toMatchObject({ oid: ACME, roles: ['admin'] })
    await ana.leave()
  })
})
