import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, DEV, GLOBEX, type Local, startLocal } from '../api/local.js'
import { signInToApp } from '../api/sign-in.js'
import { claimsOf } from './authorization-code.js'
import { application, enterCode, errorOf } from './sso-client.js'

const ANA = 'usr_100000000000000101'
const CHI = 'usr_100000000000000103'
const EVE = 'usr_100000000000000105'
const UMBRELLA = 'org_100000000000000004'

let local: Local
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(() => local.reset())
afterAll(() => local.close())

async function api(method: string, path: string, body?: unknown) {
  const answer = await local.rest(method, `/${DEV}/api/v1${path}`, { token: await local.client(DEV), body })
  expect(answer.status, `${path} ${JSON.stringify(answer.body)}`).toBeLessThan(300)
  return answer.body
}

interface Rights {
  roles: string[]
  permissions: string[]
}

/** What a user of ACME may do, wherever one can ask. */
async function rightsOf(email: string, id: string): Promise<Record<string, Rights>> {
  const { access_token, id_token } = await signInToApp(local, email)
  const headers = { authorization: `Bearer ${access_token}` }
  const userinfo: object = Object(await (await fetch(`${local.url}/${DEV}/userinfo`, { headers })).json())
  const path = `/organizations/${ACME}/users/${id}`
  const roles: { name: string }[] = (await api('GET', `${path}/roles`)).roles
  const permissions: { name: string }[] = (await api('GET', `${path}/permissions`)).permissions
  const pick = (claims: object) => ({
    roles: Reflect.get(claims, 'roles'),
    permissions: Reflect.get(claims, 'permissions'),
  })
  return {
    api: { roles: roles.map(({ name }) => name), permissions: permissions.map(({ name }) => name).sort() },
    access: pick(claimsOf(access_token)),
    id: pick(claimsOf(id_token)),
    userinfo: pick(userinfo),
  }
}

describe('the roles and permissions of a user', () => {
  it('are the same in the API, the access token, the ID token and at userinfo', async () => {
    const rights = { roles: ['admin'], permissions: ['billing:manage', 'projects:read', 'projects:write'] }
    const places = { api: rights, access: rights, id: rights, userinfo: rights }
    expect(await rightsOf('ana@acme.example', ANA)).toEqual(places)
  })

  it('include what a role inherits', async () => {
    await api('POST', '/roles', {
      ...{ name: 'lead', display_name: 'Lead', extends: 'member', permissions: ['billing:manage'] },
    })
    const path = `/memberships/organizations/${ACME}/users/${ANA}`
    await api('PATCH', path, { roles: [{ name: 'lead' }] })
    const rights = { roles: ['lead'], permissions: ['billing:manage', 'projects:read', 'projects:write'] }
    const places = { api: rights, access: rights, id: rights, userinfo: rights }
    expect(await rightsOf('ana@acme.example', ANA)).toEqual(places)
  })
})

describe('a session that calls the API', () => {
  /** A token of Chi's, who belongs to both organizations, with every permission there. */
  async function call(oid: string | undefined, organization: string): Promise<number> {
    const claims = oid === undefined ? { oid: null } : { oid }
    const token = await local.tokenFor({ subject: CHI, resource: `${local.url}/${DEV}`, claims })
    return (await local.rest('GET', `/${DEV}/api/v1/organizations/${organization}/users`, { token })).status
  }

  it('reaches the organization of its token, and no other of the user', async () => {
    await api('POST', '/permissions', { name: 'organizations_users_read' })
    for (const role of ['admin', 'guest'])
      await local.sdk(DEV).permission.addPermissionsToRole(role, ['organizations_users_read'])
    expect([await call(GLOBEX, GLOBEX), await call(GLOBEX, ACME)]).toEqual([200, 403])
    expect([await call(ACME, ACME), await call(ACME, GLOBEX)]).toEqual([200, 403])
    expect([await call(undefined, ACME), await call(undefined, GLOBEX)]).toEqual([200, 200])
  })
})

describe('an invitation', () => {
  it('gives no organization, roles or permissions before it is accepted', async () => {
    const token = await local.tokenFor({ subject: EVE, resource: `${local.url}/${DEV}` })
    expect(claimsOf(token)).not.toHaveProperty('oid')
    const created = await local.sdk(DEV).token.createToken(UMBRELLA, { userId: EVE })
    expect(created.tokenInfo?.roles).toEqual([])
  })

  it('that has expired is not accepted by a sign-in through the organization’s connection', async () => {
    const { connection } = await api('POST', `/organizations/${UMBRELLA}/connections`, {
      ...{ type: 'OIDC', provider: 'IDP_SIMULATOR' },
    })
    await api('PATCH', `/organizations/${UMBRELLA}/connections/${connection.id}:enable`)
    await local.sdk(DEV).user.createUserAndMembership(UMBRELLA, { email: 'late@umbrella.example' })
    local.wait(31 * 24 * 3600_000)
    const app = application(local.url)
    const end = await app.simulate({ connection_id: connection.id }, { email: 'late@umbrella.example' })
    expect(errorOf(end.url)).toBe('access_denied')
    const [late] = (await local.sdk(DEV).user.listOrganizationUsers(UMBRELLA)).users.filter(
      ({ email }) => email === 'late@umbrella.example',
    )
    expect(late?.memberships[0]?.membershipStatus).toBe(4)
  })

  describe('that has expired, as the only one', () => {
    const email = 'late@umbrella.example'
    const app = () => application(local.url)
    beforeEach(async () => {
      const membership = { inviter_email: 'eve@umbrella.example' }
      await api('POST', `/organizations/${UMBRELLA}/users`, { email, membership })
      local.wait(16 * 24 * 3600_000)
    })

    it.each([
      [{}, { way: 'email' }],
      [{}, {}],
      [{ organization_id: UMBRELLA }, {}],
    ])('lets nobody sign in, with %j and %j', async (params: Record<string, string>, way) => {
      const at = await app().start(params)
      const asked = await at.browser.submit(at.url, at.page, { email, ...way })
      const { page } = await enterCode(local.url, asked, at.browser)
      expect(page).toMatch(/invitation of late@umbrella.example to Umbrella.* has expired/)
      expect(page).toContain('Ask eve@umbrella.example for a new one.')
    })

    it('leaves another invitation as it is', async () => {
      const [late] = (await local.sdk(DEV).user.searchUsers(email)).users
      await local.sdk(DEV).user.createMembership(GLOBEX, late?.id ?? '')
      const at = await app().start({})
      const end = await at.browser.submit(at.url, at.page, { email })
      expect((await app().finish(end.url, at.verifier)).access.oid).toBe(GLOBEX)
    })
  })
})
