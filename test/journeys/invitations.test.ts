import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, type SignedIn, startApplication } from './application.js'
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

const DAY = 24 * 3600
const ANA = 'usr_100000000000000101'

interface Invited {
  user: { id: string; memberships: Membership[] }
}

interface Membership {
  organization_id: string
  membership_status: string
  accepted_at?: string
  expires_at: string
}

/** Invites somebody to Acme as the documentation does, and returns the user's id. */
async function invite(email: string): Promise<string> {
  const { user } = await environment.api<Invited>('POST', `/organizations/${ACME}/users`, {
    email,
    membership: { roles: [{ name: 'guest' }] },
  })
  expect(user.memberships).toMatchObject([{ membership_status: 'PENDING_INVITE' }])
  return user.id
}

async function membershipOf(user: string, organization = ACME): Promise<Membership | undefined> {
  const { user: found } = await environment.api<Invited>('GET', `/users/${user}`)
  return found.memberships.find(({ organization_id }) => organization_id === organization)
}

describe('J13: invitations', () => {
  it('is accepted by the link of the mail, without a sign-in page', async () => {
    const id = await invite('nia@partner.example')
    const { link = '', subject } = await environment.mail('nia@partner.example')
    expect(subject).toContain('Acme Robotics')
    const nia = await Visitor.open(browser)
    await nia.goto(link)
    const { user, claims } = await nia.arrives<SignedIn>('Signed in')
    expect(app.initiated).toHaveLength(1)
    expect(user).toMatchObject({ id, email: 'nia@partner.example', emailVerified: true })
    expect(claims).toMatchObject({ oid: ACME, roles: ['guest'], permissions: ['projects:read'] })
    expect(await membershipOf(id)).toMatchObject({
      membership_status: 'ACTIVE',
      accepted_at: expect.any(String),
    })

    // It counts once.
    await nia.goto(link)
    await nia.shows('This invitation is no longer valid')
    expect(nia.expectedProblems()).not.toEqual([])
    await expect(environment.sdk.user.resendInvite(ACME, id)).rejects.toThrow()
    await nia.leave()
  })

  it('is sent again as a reminder while it is valid, and with a new expiry when it is not', async () => {
    const id = await invite('omid@partner.example')
    const first = await environment.mail('omid@partner.example')
    const before = await membershipOf(id)
    const reminder = await environment.sdk.user.resendInvite(ACME, id)
    expect(reminder.invite).toMatchObject({ resentCount: 1 })
    expect((await membershipOf(id))?.expires_at).toBe(before?.expires_at)

    const omid = await Visitor.open(browser)
    await environment.later(16 * DAY, async () => {
      expect(await membershipOf(id)).toMatchObject({ membership_status: 'INVITE_EXPIRED' })
      await omid.goto(first.link ?? '')
      await omid.shows('This invitation is no longer valid')
      expect(omid.expectedProblems()).not.toEqual([])

      await environment.api('PATCH', `/invites/organizations/${ACME}/users/${id}/resend`, {})
      const after = await membershipOf(id)
      expect(after).toMatchObject({ membership_status: 'PENDING_INVITE' })
      expect(Date.parse(after?.expires_at ?? '')).toBeGreaterThan(Date.parse(before?.expires_at ?? ''))
    })
    const last = await environment.mail('omid@partner.example')
    expect(last.link).not.toBe(first.link)
    await omid.goto(last.link ?? '')
    expect((await omid.arrives<SignedIn>('Signed in')).claims).toMatchObject({ oid: ACME, roles: ['guest'] })
    await omid.leave()
  })

  it('gives a user of another organization a second membership', async () => {
    const ana = await Visitor.open(browser)
    await ana.goto(`${app.origin}/login`)
    await ana.press('ana@acme.example')
    expect((await ana.arrives<SignedIn>('Signed in')).claims).toMatchObject({ oid: ACME })

    await environment.sdk.user.createMembership(GLOBEX, ANA, { roles: ['member'], sendInvitationEmail: true })
    await ana.goto((await environment.mail('ana@acme.example')).link ?? '')
    const { user, claims } = await ana.arrives<SignedIn>('Signed in')
    expect(user).toMatchObject({ id: ANA })
    expect(claims).toMatchObject({ oid: GLOBEX, roles: ['member'] })
    expect(await membershipOf(ANA, GLOBEX)).toMatchObject({ membership_status: 'ACTIVE' })
    await ana.leave()
  })

  it('is accepted by another way to sign in', async () => {
    const id = await invite('pia@partner.example')
    const pia = await Visitor.open(browser)
    await pia.goto(`${app.origin}/login`)
    await pia.page.locator('input[name="email"]').fill('pia@partner.example')
    await pia.press('E-mail me a code')
    await pia.shows('Check your e-mail')
    await pia.typeCode((await environment.mail('pia@partner.example')).code ?? '')
    expect((await pia.arrives<SignedIn>('Signed in')).claims).toMatchObject({ oid: ACME, roles: ['guest'] })
    expect(await membershipOf(id)).toMatchObject({ membership_status: 'ACTIVE' })
    await pia.leave()
  })
})
