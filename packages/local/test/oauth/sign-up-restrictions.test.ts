import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, GLOBEX, type Local, startLocal } from '../api/local.js'
import { control } from '../security/attack.js'
import { application, errorOf } from './sso-client.js'

const PUBLIC = 'kim@gmail.com'
const DISPOSABLE = 'kim@mailinator.com'
const SOCIAL = 'conn_100000000000000201'

let local: Local
let app: ReturnType<typeof application>
beforeAll(async () => {
  local = await startLocal()
  app = application(local.url)
})
beforeEach(async () => {
  await local.reset()
  const settings = JSON.stringify({ settings_case: 'oauthConfig', settings: { usePlatformCreds: true } })
  await local.database.db
    .insertInto('connections')
    .values({
      ...{ environment_id: DEV, organization_id: null, enabled: 1, created_at: 1, updated_at: 1 },
      ...{ id: SOCIAL, type: 'OAUTH', provider: 'GOOGLE', key_id: 'google', status: 'COMPLETED' },
      data: settings,
    })
    .execute()
})
afterAll(() => local.close())

async function restrict(settings: object): Promise<void> {
  const response = await control(local.url, `user-management/${DEV}`, 'PATCH', settings)
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject(settings)
}

async function typeAddress(email: string, params: Record<string, string> = {}): Promise<string> {
  const at = await app.start(params)
  return (await at.browser.submit(at.url, at.page, { email, way: 'email' })).page ?? ''
}

const invite = (email: string, sendInvitationEmail = true) =>
  local.sdk(DEV).user.createUserAndMembership(ACME, { email, sendInvitationEmail })

describe('restrictions of sign-up', () => {
  it('are off at first', async () => {
    expect(await (await control(local.url, `user-management/${DEV}`)).json()).toEqual({
      block_disposable_email_domains: false,
      block_public_email_domains: false,
    })
    for (const email of [PUBLIC, DISPOSABLE]) expect(await typeAddress(email)).toContain('Check your e-mail')
  })

  it.each([
    ['block_public_email_domains', PUBLIC, DISPOSABLE],
    ['block_disposable_email_domains', DISPOSABLE, PUBLIC],
  ])('%s blocks sign-ups and invitations', async (setting, blocked, other) => {
    await restrict({ [setting]: true })
    for (const params of [{}, { prompt: 'create' }] as Record<string, string>[]) {
      expect(await typeAddress(blocked, params)).toContain('Use a work e-mail address.')
      expect(await typeAddress(other, params)).toContain('Check your e-mail')
    }
    const social = await app.simulate({ connection_id: SOCIAL }, { email: blocked })
    expect(errorOf(social.url)).toBe('access_denied')
    await expect(invite(blocked)).rejects.toMatchObject({ httpStatus: 400 })
    await invite(other)
    await restrict({ [setting]: false })
    await invite(blocked)
  })

  it.each(['yahoo.co.uk', 'hotmail.fr', 'live.nl', 'outlook.com.br', 'gmx.at', 'aol.de', 'gmail.com'])(
    'know %s as public',
    async (domain) => {
      await restrict({ block_public_email_domains: true })
      expect(await typeAddress(`kim@${domain}`)).toContain('Use a work e-mail address.')
    },
  )

  it.each(['sub.mailinator.com', 'a.b.mailinator.com', 'tempmail.com'])(
    'know %s as disposable',
    async (domain) => {
      await restrict({ block_disposable_email_domains: true })
      expect(await typeAddress(`kim@${domain}`)).toContain('disposable')
    },
  )

  it('block the invitation of a user to another organization', async () => {
    const { user } = await invite(PUBLIC, false)
    await restrict({ block_public_email_domains: true })
    const add = (sendInvitationEmail: boolean) =>
      local.sdk(DEV).user.createMembership(GLOBEX, user?.id ?? '', { sendInvitationEmail })
    await expect(add(true)).rejects.toMatchObject({ httpStatus: 400 })
    await add(false)
  })

  it.each(['gmail.com', 'yahoo.co.uk', 'sub.mailinator.com'])(
    'do not concern domains of organizations: %s is never one',
    async (domain) => {
      for (const domainType of ['ORGANIZATION_DOMAIN', 'ALLOWED_EMAIL_DOMAIN'] as const)
        await expect(local.sdk(DEV).domain.createDomain(ACME, domain, { domainType })).rejects.toMatchObject({
          httpStatus: 400,
        })
    },
  )

  it('leave users as they are, and who is added without an invitation', async () => {
    const { user } = await invite(PUBLIC, false)
    await restrict({ block_public_email_domains: true, block_disposable_email_domains: true })
    const at = await app.start({})
    const end = await at.browser.submit(at.url, at.page, { person: user?.id ?? '' })
    expect((await app.finish(end.url, at.verifier)).access.sub).toBe(user?.id)
    await invite('lee@gmail.com', false)
  })

  it('are set for an environment that exists, by their names', async () => {
    expect((await control(local.url, 'user-management/env_9')).status).toBe(404)
    const wrong = await control(local.url, `user-management/${DEV}`, 'PATCH', { block_public: true })
    expect(wrong.status).toBe(400)
  })
})
