import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, type SignedIn, startApplication } from './application.js'
import { ACME, CLIENT, type Environment, GLOBEX, INITECH, startEnvironment } from './environment.js'
import { type Event, type Hook, receiveWebhooks } from './hooks.js'
import { launchChromium, Visitor } from './visitor.js'

const ANA = 'usr_100000000000000101'
const BEN = 'usr_100000000000000102'
const CHI = 'usr_100000000000000103'
const DEV = 'usr_100000000000000104'

let environment: Environment
let app: Application
let browser: Browser
let hook: Hook<Event>
beforeAll(async () => {
  environment = await startEnvironment()
  app = await startApplication(environment)
  browser = await launchChromium()
  hook = await receiveWebhooks(environment, app)
})
afterAll(async () => {
  await browser?.close()
  await app?.stop()
  await environment?.stop()
})

/** Signs in; where the person belongs to several organizations, to this one. */
async function signIn(email: string, organization?: string): Promise<Visitor> {
  const person = await Visitor.open(browser)
  await person.goto(`${app.origin}/login`)
  await person.press(new RegExp(email))
  if (organization !== undefined) await person.press(organization)
  await person.arrives('Signed in')
  return person
}

/** The session is over: no refresh, and a new request shows the sign-in page. */
async function isSignedOut(person: Visitor): Promise<void> {
  const { refreshToken = '' } = app.signedIn
  await expect(refresh(refreshToken)).resolves.toMatchObject({ error: 'invalid_grant' })
  await person.goto(`${app.origin}/auth/refresh`)
  await person.page.locator('input[name="email"]').waitFor()
  expect(await person.heading()).toBe('Sign in')
}

async function refresh(refresh_token: string): Promise<unknown> {
  const { sdk, url } = environment
  await expect(sdk.refreshAccessToken(refresh_token)).rejects.toThrow()
  const response = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token,
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
    }),
  })
  return response.json()
}

const signedOut = (user: string) =>
  hook.until(({ type, data }) => type === 'user.logout' && (data.user as { id: string }).id === user)

/** The event that a user has left an organization. */
const left =
  (organization: string, user: string) =>
  ({ type, organization_id, data }: Event) =>
    type === 'user.organization_membership_deleted' &&
    organization_id === organization &&
    (data.organization as { id: string }).id === organization &&
    (data.user as { id: string }).id === user

const exists = async (id: string) => {
  const { users } = await environment.sdk.user.listUsers({ pageSize: 100 })
  return users.some((user) => user.id === id)
}

describe('J30: deletion while somebody is signed in', () => {
  it('of a user ends the session, removes the memberships, and says so', async () => {
    const ana = await signIn('ana@acme.example')
    await environment.sdk.user.deleteUser(ANA)
    await isSignedOut(ana)
    expect(await ana.page.getByRole('button', { name: /ana@acme\.example/ }).count()).toBe(0)
    await ana.leave()
    await hook.until(left(ACME, ANA))
    expect((await signedOut(ANA)).body).toMatchObject({
      object: 'UserLogoutEvent',
      organization_id: ACME,
      data: { user: { id: ANA, email: 'ana@acme.example' } },
    })
    const { users } = await environment.sdk.user.listOrganizationUsers(ACME, { pageSize: 100 })
    expect(users.map(({ id }) => id)).not.toContain(ANA)
  })

  it('of a membership ends the session in that organization; the others stay', async () => {
    const chi = await signIn('chi@globex.example', 'Acme Robotics')
    await environment.sdk.user.deleteMembership(ACME, CHI)
    await hook.until(left(ACME, CHI))
    await isSignedOut(chi)
    await signedOut(CHI)
    await chi.press(/chi@globex\.example/)
    const { claims } = await chi.arrives<SignedIn>('Signed in')
    expect(claims).toMatchObject({ sub: CHI, oid: GLOBEX, roles: ['admin'] })
    await chi.leave()
  })

  it('of the last membership deletes the user', async () => {
    const ben = await signIn('ben@acme.example')
    await environment.sdk.user.deleteMembership(ACME, BEN)
    await isSignedOut(ben)
    await ben.leave()
    expect((await signedOut(BEN)).body.data).toMatchObject({ user: { email: 'ben@acme.example' } })
    expect(await exists(BEN)).toBe(false)
  })

  it('of an organization ends the sessions of its members, and deletes those who are in no other', async () => {
    await environment.sdk.user.createMembership(INITECH, CHI, { sendInvitationEmail: false })
    const dev = await signIn('dev@initech.example')
    await environment.sdk.organization.deleteOrganization(INITECH)
    await isSignedOut(dev)
    await dev.leave()
    const { body } = await hook.until(({ type }) => type === 'organization.deleted')
    expect(body).toMatchObject({ object: 'Organization', data: { id: INITECH, display_name: 'Initech' } })
    await signedOut(DEV)
    expect(await exists(DEV)).toBe(false)
    expect(await exists(CHI)).toBe(true)
    await expect(environment.sdk.organization.getOrganization(INITECH)).rejects.toThrow()
  })
})
