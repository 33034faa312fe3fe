import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, GLOBEX, type Local, startLocal } from '../api/local.js'
import { signInToApp } from '../api/sign-in.js'
import { Browser } from '../oauth/browser.js'
import { application } from '../oauth/sso-client.js'
import { openDirectory } from '../scim/open-directory.js'

const ANA = 'usr_100000000000000101'
const BEN = 'usr_100000000000000102'
const CHI = 'usr_100000000000000103'
const EVE = 'usr_100000000000000105'
const UMBRELLA = 'org_100000000000000004'
const GOOGLE = 'conn_100000000000000201'
const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1'

let local: Local
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(() => local.reset())
afterAll(() => local.close())

/** A browser on a telephone. */
class Telephone extends Browser {
  override open(url: string, init: RequestInit = {}): Promise<Response> {
    return super.open(url, { ...init, headers: { ...init.headers, 'user-agent': SAFARI } })
  }
}

/** The events of users so far, in the order in which they happened, through the official SDK. */
async function told() {
  const { events } = await local.sdk(DEV).events.listEventsPaginated(30)
  return (
    events
      // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects to be there
      .map(({ type, organizationId, data }) => ({ type, organizationId, data: data as any }))
      .filter(({ type }) => type.startsWith('user.'))
      .reverse()
  )
}

const memberships = async () =>
  (await told())
    .filter(({ type }) => !/log(in|out)$/.test(type))
    .map(({ type, organizationId, data }) => [
      type.replace('user.organization_', '').replace('user.', ''),
      organizationId,
      data.user.email,
      data.user.membership.membership_status,
      data.user.membership.provisioning_method,
    ])

async function userOf(email: string) {
  const { users } = await local.sdk(DEV).user.searchUsers(email)
  const [user] = users
  if (user === undefined) throw new Error(`There is no user ${email}`)
  return user
}

const methodOf = async (email: string, organization: string) =>
  (await userOf(email)).memberships.find((one) => one.organizationId === organization)?.provisioningMethod

/** Enables a connection, as an administrator has set it up. */
async function connect(row: { id: string; organization: string | null; type: string; provider: string }) {
  const { id, organization: organization_id, type, provider } = row
  await local.database.db
    .insertInto('connections')
    .values({
      ...{ id, environment_id: DEV, organization_id, type, provider, key_id: id, enabled: 1 },
      ...{ status: 'COMPLETED', created_at: 1, updated_at: 1 },
      data: JSON.stringify({ settings_case: 'oauthConfig', settings: { usePlatformCreds: true } }),
    })
    .execute()
  return id
}

describe('a session', () => {
  it('is in the events of its beginning and its end, and has a device', async () => {
    await signInToApp(local, ANA, new Telephone())
    const { user_session: began, user } = (await told()).at(-1)?.data ?? {}
    expect(user).toMatchObject({
      ...{ id: ANA, environment_id: DEV, last_login_time: expect.any(String) },
      membership: { organization_id: ACME, membership_status: 'ACTIVE', roles: [{ name: 'admin' }] },
    })
    const session = await local.sdk(DEV).session.getSession(began.session_id)
    expect(began).toEqual({
      ...{ session_id: session.sessionId, user_id: ANA, organization_id: ACME, status: 'ACTIVE' },
      ...{ created_at: expect.any(String), updated_at: expect.any(String) },
      ...{ last_active_at: expect.any(String), absolute_expires_at: expect.any(String) },
      ...{ expired_at: null, logout_at: null, authenticated_organizations: [ACME] },
      authenticated_clients: [{ client_id: 'skc_100000000000000001', organization_id: ACME }],
      device: {
        ...{ user_agent: SAFARI, os: 'iOS', os_version: '17.5', device_type: 'Mobile' },
        ...{ browser: 'Safari', browser_version: '17.5', ip: expect.stringMatching(/127\.0\.0\.1|::1/) },
      },
    })
    expect(session.device).toMatchObject({ os: 'iOS', browser: 'Safari', deviceType: 'Mobile' })
    await local.sdk(DEV).session.revokeSession(began.session_id)
    const ended = (await told()).at(-1)
    expect(ended?.type).toBe('user.logout')
    expect(ended?.data.user_session).toEqual({
      ...{ ...began, status: 'REVOKED', updated_at: ended?.data.user_session.expired_at },
      ...{ expired_at: expect.any(String), last_active_at: expect.any(String) },
    })
    expect(Date.parse(ended?.data.user_session.expired_at)).not.toBeNaN()
    // Who ended the session does not change what is known of it.
    expect((await local.sdk(DEV).session.getSession(began.session_id)).device).toEqual(session.device)
  })

  it('has a time of sign-out when its user signs out', async () => {
    const app = application(local.url)
    const at = await app.start({})
    const end = await at.browser.submit(at.url, at.page, { email: 'ana@acme.example' })
    const { tokens } = await app.finish(end.url, at.verifier)
    const query = new URLSearchParams({ id_token_hint: tokens.id_token ?? '' })
    await at.browser.follow(`${app.issuer}/oidc/logout?${query}`)
    const events = await told()
    expect(events.map(({ type }) => type)).toEqual(['user.login', 'user.logout'])
    expect(events[1]?.data.user_session).toMatchObject({ status: 'LOGOUT', expired_at: null })
    expect(Date.parse(events[1]?.data.user_session.logout_at)).not.toBeNaN()
  })

  it('begins once, also where a consent question follows the sign-in', async () => {
    const issuer = `${local.url}/${DEV}/resources/res_100000000000000002`
    const callback = 'http://localhost:3000/callback'
    const registered = await fetch(
      `${local.url}/${DEV}/api/v1/resources/res_100000000000000002/clients:register`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ redirect_uris: [callback] }),
      },
    )
    const { client_id } = (await registered.json()) as { client_id: string }
    const query = new URLSearchParams({
      ...{ response_type: 'code', client_id, redirect_uri: callback, code_challenge_method: 'S256' },
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    })
    const browser = new Browser()
    const at = await browser.follow(`${issuer}/oauth/authorize?${query}`)
    const question = await browser.submit(at.url, at.page ?? '', { person: ANA })
    const end = await browser.submit(question.url, question.page ?? '', { answer: 'allow' })
    expect(new URL(end.url).searchParams.get('code')).toBeTruthy()
    expect((await told()).map(({ type }) => type)).toEqual(['user.login'])
  })
})

describe('a membership is created, and applications are told,', () => {
  it('by the API: users are invited, or join at once', async () => {
    const { user: api } = local.sdk(DEV)
    await api.createUserAndMembership(ACME, { email: 'invited@acme.example' })
    await api.createUserAndMembership(ACME, { email: 'direct@acme.example', sendInvitationEmail: false })
    expect(await memberships()).toEqual([
      ['invitation', ACME, 'invited@acme.example', 'PENDING_INVITE', 'invitation'],
      ['membership_created', ACME, 'direct@acme.example', 'ACTIVE', 'direct_provision'],
    ])
    const [invited, direct] = await told()
    expect(invited?.data).toMatchObject({
      organization: { id: ACME, display_name: 'Acme Robotics', external_id: 'acme', region_code: 'US' },
      user: { user_profile: { email_verified: false } },
    })
    expect(direct?.data.user.user_profile.email_verified).toBe(true)
    expect((await userOf('invited@acme.example')).userProfile?.emailVerified).toBe(false)
    expect(await methodOf('invited@acme.example', ACME)).toBe('invitation')
    expect(await methodOf('direct@acme.example', ACME)).toBe('direct_provision')
  })

  it('when an invitation is accepted, once', async () => {
    for (const _time of [1, 2]) await signInToApp(local, EVE)
    expect(await memberships()).toEqual([
      ['membership_created', UMBRELLA, 'eve@umbrella.example', 'ACTIVE', 'invitation'],
    ])
  })

  it('by a connection that provisions just in time, which is an external identity of the user then', async () => {
    const provider = 'IDP_SIMULATOR'
    const id = await connect({ id: 'conn_100000000000000209', organization: ACME, type: 'OIDC', provider })
    const email = 'nils@acme.example'
    for (const _time of [1, 2]) await application(local.url).simulate({ connection_id: id }, { email })
    expect(await memberships()).toEqual([
      ['membership_created', ACME, email, 'ACTIVE', 'jit_using_sso'],
      ['signup', ACME, email, 'ACTIVE', 'jit_using_sso'],
    ])
    const user = await userOf(email)
    expect(user.memberships[0]?.provisioningMethod).toBe('jit_using_sso')
    expect(user.userProfile?.externalIdentities).toMatchObject([
      {
        ...{ connectionId: id, connectionType: 'OIDC', connectionProvider: 14, isSocial: false },
        connectionUserId: expect.stringMatching(/.+/),
      },
    ])
    const [identity] = (await told()).at(-1)?.data.user.user_profile.external_identities ?? []
    expect(identity).toMatchObject({ connection_id: id, connection_provider: provider, is_social: false })
  })

  it('by a social sign-up: the creator of the organization', async () => {
    await connect({ id: GOOGLE, organization: null, type: 'OAUTH', provider: 'GOOGLE' })
    const app = application(local.url)
    const at = await app.start({})
    const simulator = await at.browser.follow(`${at.url}/with/${GOOGLE}`)
    const person = { answer: 'sign-in', email: 'new@startup.example' }
    await at.browser.submit(simulator.url, simulator.page ?? '', person)
    const user = await userOf('new@startup.example')
    const organization = user.memberships[0]?.organizationId
    expect(await memberships()).toEqual([
      ['signup', organization, 'new@startup.example', 'ACTIVE', 'org_creator'],
    ])
    expect(user.memberships[0]?.provisioningMethod).toBe('org_creator')
    expect(user.userProfile?.externalIdentities).toMatchObject([
      { connectionId: GOOGLE, connectionType: 'OAUTH', connectionProvider: 2, isSocial: true },
    ])
  })

  it('by an allowed e-mail domain', async () => {
    const allowed = { domainType: 'ALLOWED_EMAIL_DOMAIN' as const }
    await local.sdk(DEV).domain.createDomain(GLOBEX, 'acme.example', allowed)
    const at = await application(local.url).start({})
    const question = await at.browser.submit(at.url, at.page, { person: BEN })
    expect(question.page).toContain('Choose an organization')
    await at.browser.submit(at.url, question.page ?? '', { person: BEN, organization: GLOBEX })
    expect(await memberships()).toEqual([
      ['membership_created', GLOBEX, 'ben@acme.example', 'ACTIVE', 'allowed_email_domain'],
    ])
    expect(await methodOf('ben@acme.example', GLOBEX)).toBe('allowed_email_domain')
  })

  it('by a directory, and again when the user is active again', async () => {
    const directory = await openDirectory(local)
    const email = 'dana@acme.example'
    const { body } = await directory.scim('POST', '/Users', { userName: email })
    const active = (value: boolean) =>
      directory.change(`/Users/${body.id}`, { op: 'replace', path: 'active', value })
    await active(false)
    await active(true)
    await directory.scim('DELETE', `/Users/${body.id}`)
    const method = 'direct_provision'
    expect(await memberships()).toEqual([
      ['membership_created', ACME, email, 'ACTIVE', method],
      ['membership_deleted', ACME, email, 'INACTIVE', method],
      ['membership_created', ACME, email, 'ACTIVE', method],
      ['membership_deleted', ACME, email, 'INACTIVE', method],
    ])
  })
})

describe('a membership changes, and applications are told,', () => {
  it('by the groups of a directory', async () => {
    const directory = await openDirectory(local)
    const { body: dana } = await directory.scim('POST', '/Users', { userName: 'dana@acme.example' })
    const { body: group } = await directory.scim('POST', '/Groups', {
      ...{ displayName: 'Admins', members: [{ value: dana.id }] },
    })
    await directory.assignRoles([{ group_id: group.id, role_name: 'admin' }])
    const last = (await told()).at(-1)
    expect(last).toMatchObject({
      type: 'user.organization_membership_updated',
      data: { user: { email: 'dana@acme.example', membership: { roles: [{ name: 'admin' }] } } },
    })
  })

  it('when a role is deleted and another takes its place', async () => {
    const { role } = local.sdk(DEV)
    await role.createRole({ name: 'driver', displayName: 'Driver', permissions: [] } as never)
    await local.sdk(DEV).user.updateMembership(ACME, BEN, { roles: ['driver'] })
    await role.deleteRole('driver', 'guest')
    expect((await told()).map(({ type, data }) => [type, data.user.membership.roles[0].name])).toEqual([
      ['user.organization_membership_updated', 'driver'],
      ['user.organization_membership_updated', 'guest'],
    ])
  })
})

describe('a membership ends, and applications are told,', () => {
  it('with its user, in each organization', async () => {
    await local.sdk(DEV).user.deleteUser(CHI)
    const ends = (await memberships()).map(([type, organization, email]) => [type, organization, email])
    expect(ends.sort()).toEqual([
      ['membership_deleted', ACME, 'chi@globex.example'],
      ['membership_deleted', GLOBEX, 'chi@globex.example'],
    ])
  })

  it('with its organization, and the sessions of its members end too', async () => {
    await signInToApp(local, ANA)
    await local.sdk(DEV).organization.deleteOrganization(ACME)
    const events = await told()
    const left = events.filter(({ type }) => type === 'user.organization_membership_deleted')
    expect(left.map(({ data }) => data.user.id).sort()).toEqual([ANA, BEN, CHI])
    expect(left[0]?.data).toMatchObject({ organization: { id: ACME, external_id: 'acme' } })
    expect(events.filter(({ type }) => type === 'user.logout')).toMatchObject([
      { data: { user: { id: ANA }, user_session: { status: 'REVOKED', organization_id: ACME } } },
    ])
  })

  it('not when the change fails', async () => {
    await expect(local.sdk(DEV).user.deleteMembership(GLOBEX, ANA)).rejects.toThrow()
    await expect(
      local.sdk(DEV).user.createUserAndMembership(ACME, { email: 'ana@acme.example' }),
    ).rejects.toThrow()
    expect(await told()).toEqual([])
  })
})
