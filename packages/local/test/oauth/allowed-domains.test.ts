import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, GLOBEX, type Local, startLocal } from '../api/local.js'
import { control } from '../security/attack.js'
import { application, enterCode } from './sso-client.js'

let local: Local
let app: ReturnType<typeof application>
beforeAll(async () => {
  local = await startLocal()
  app = application(local.url)
})
beforeEach(async () => {
  await local.reset()
  await local.sdk(DEV).domain.createDomain(GLOBEX, 'partner.example', { domainType: 'ALLOWED_EMAIL_DOMAIN' })
})
afterAll(() => local.close())

/** Somebody new proves an address with a code, and gets to the question of the organization. */
async function signUp(email: string, params: Record<string, string> = {}) {
  const at = await app.start(params)
  const asked = await at.browser.submit(at.url, at.page, { email, way: 'email' })
  const sent = await control(local.url, `outbox?to=${encodeURIComponent(email)}`)
  const { messages } = (await sent.json()) as { messages: { code: string }[] }
  const request = /name="request" value="([^"]+)"/.exec(asked.page ?? '')?.[1] ?? ''
  const code = messages.at(-1)?.code ?? ''
  const question = await at.browser.submit(at.url, asked.page ?? '', { email, request, code })
  expect(question.page).toContain('Choose an organization')
  const person = /name="person" value="([^"]+)"/.exec(question.page ?? '')?.[1] ?? ''
  return {
    ...{ question, person },
    async choose(organization: string) {
      const end = await at.browser.submit(at.url, question.page ?? '', { person, organization })
      return app.finish(end.url, at.verifier)
    },
  }
}

async function organizationsOf(user: string): Promise<string[]> {
  const found = await local.sdk(DEV).user.getUser(user)
  return (found.user?.memberships ?? []).map(({ organizationId }) => organizationId)
}

/** What applications are told of a membership: its organization, by the type of the event. */
async function toldEvents(): Promise<unknown[]> {
  const eventTypes = ['user.signup', 'user.organization_membership_created']
  const { events } = await local.sdk(DEV).events.listEventsPaginated(30, '', { eventTypes })
  return events.map(({ type, organizationId }) => [type, organizationId])
}

describe('somebody new who comes for an organization', () => {
  async function comeFor(organization_id: string, email: string) {
    const at = await app.start({ organization_id })
    const asked = await at.browser.submit(at.url, at.page, { email, way: 'email' })
    return { at, end: await enterCode(local.url, asked, at.browser) }
  }

  it('joins it without a question when it welcomes the domain', async () => {
    const { at, end } = await comeFor(GLOBEX, 'kim@partner.example')
    const { access } = await app.finish(end.url, at.verifier)
    expect(access).toMatchObject({ oid: GLOBEX, roles: ['member'] })
    expect(await organizationsOf(String(access.sub))).toEqual([GLOBEX])
    expect(await toldEvents()).toEqual([['user.organization_membership_created', GLOBEX]])
  })

  it.each([
    [ACME, 'kim@nowhere.example'],
    [ACME, 'kim@partner.example'],
  ])('is refused before anything is created when %s does not welcome %s', async (organization, email) => {
    const counts = async () => {
      const { users } = await local.sdk(DEV).user.searchUsers(email)
      const { organizations } = await local.sdk(DEV).organization.listOrganization({ pageSize: 30 })
      return [users.length, organizations.length]
    }
    const [, before] = await counts()
    const { end } = await comeFor(organization, email)
    expect(end.page).toContain('does not belong to the organization')
    expect(await counts()).toEqual([0, before])
    expect(await toldEvents()).toEqual([])
  })

  it('is not created when it is full', async () => {
    await local.sdk(DEV).organization.upsertUserManagementSettings(GLOBEX, { maxAllowedUsers: 1 })
    const { end } = await comeFor(GLOBEX, 'kim@partner.example')
    expect(end.url).toContain('error=access_denied')
    expect((await local.sdk(DEV).user.searchUsers('kim@partner.example')).users).toEqual([])
  })

  it('joins it later who left the question of an earlier sign-in open', async () => {
    await signUp('kim@partner.example')
    const { at, end } = await comeFor(GLOBEX, 'kim@partner.example')
    expect((await app.finish(end.url, at.verifier)).access.oid).toBe(GLOBEX)
  })
})

describe('somebody new whose domain an organization welcomes', () => {
  it.each([
    ['with a code', 'kim@partner.example', {}],
    ['at the sign-up page', 'kim@partner.example', { prompt: 'create' }],
    ['as a test user', 'kim+sktest@partner.example', {}],
  ])(
    'is only a member of the organization they join, %s',
    async (_way, email, params: Record<string, string>) => {
      const { person, choose } = await signUp(email, params)
      expect(await organizationsOf(person)).toEqual([])
      const { access } = await choose(GLOBEX)
      expect(access).toMatchObject({ oid: GLOBEX, roles: ['member'] })
      expect(await organizationsOf(person)).toEqual([GLOBEX])
      expect(await toldEvents()).toEqual([['user.organization_membership_created', GLOBEX]])
    },
  )

  it('may have an organization of their own instead', async () => {
    const { person, question, choose } = await signUp('kim@partner.example')
    expect(question.page).toContain('A new organization')
    const { access } = await choose('new')
    expect(access).toMatchObject({ oid: expect.stringMatching(/^org_/), roles: ['admin'] })
    expect(access.oid).not.toBe(GLOBEX)
    expect(await organizationsOf(person)).toEqual([access.oid])
    expect(await toldEvents()).toEqual([['user.signup', access.oid]])
  })

  it('is asked again when they left without an answer', async () => {
    const first = await signUp('kim@partner.example')
    const second = await signUp('kim@partner.example')
    expect(second.person).toBe(first.person)
    expect((await second.choose(GLOBEX)).access.oid).toBe(GLOBEX)
  })

  it('is not offered a second organization of their own', async () => {
    const { choose } = await signUp('kim@partner.example')
    await choose('new')
    const again = await signUp('kim@partner.example')
    expect(again.question.page).not.toContain('A new organization')
    expect(again.question.page).toContain('Globex')
  })
})
