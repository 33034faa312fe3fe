import {
  ScalekitBadRequestException,
  ScalekitConflictException,
  ScalekitNotFoundException,
} from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { claimsOf } from '../oauth/authorization-code.js'
import { ACME, DEV, GLOBEX, type Local, PRD, startLocal } from './local.js'
import { signInToApp } from './sign-in.js'

const ANA = 'usr_100000000000000101'
const PENDING = 3
const ACTIVE = 1

let local: Local
beforeAll(async () => {
  local = await startLocal()
})
beforeEach(() => local.reset())
afterAll(() => local.close())

describe('users, through the official SDK', () => {
  it('are created in an organization, read, changed and deleted', async () => {
    const { user: api } = local.sdk(DEV)
    const { user } = await api.createUserAndMembership(ACME, {
      email: 'Zoe@Acme.example',
      externalId: 'zoe',
      userProfile: { firstName: 'Zoe', lastName: 'Zed' },
      metadata: { team: 'core' },
      sendInvitationEmail: false,
    })
    expect(user).toMatchObject({
      environmentId: DEV,
      email: 'zoe@acme.example',
      externalId: 'zoe',
      metadata: { team: 'core' },
      userProfile: { firstName: 'Zoe', givenName: 'Zoe', lastName: 'Zed', name: 'Zoe Zed' },
      memberships: [
        {
          organizationId: ACME,
          displayName: 'Acme Robotics',
          membershipStatus: ACTIVE,
          roles: [{ name: 'member' }],
        },
      ],
    })
    expect((await api.getUserByExternalId('zoe')).user).toEqual(user)
    const id = user?.id ?? ''
    const changed = await api.updateUser(id, {
      userProfile: { firstName: 'Zora', lastName: '' },
      metadata: { team: 'edge' },
    })
    expect(changed.user).toMatchObject({
      userProfile: { firstName: 'Zora', lastName: 'Zed', name: 'Zora Zed' },
      metadata: { team: 'edge' },
      externalId: 'zoe',
    })
    await api.deleteUser(id)
    await expect(api.getUser(id)).rejects.toThrow(ScalekitNotFoundException)
  })

  it('have an e-mail address and an external id that no other has', async () => {
    const { user: api } = local.sdk(DEV)
    await expect(api.createUserAndMembership(ACME, { email: 'ANA@acme.example' })).rejects.toThrow(
      ScalekitConflictException,
    )
    await expect(
      api.createUserAndMembership(ACME, { email: 'x@acme.example', externalId: 'acme-1' }),
    ).rejects.toThrow(ScalekitConflictException)
    await expect(api.createUserAndMembership(ACME, { email: 'not an address' })).rejects.toThrow(
      ScalekitBadRequestException,
    )
    await expect(api.createUserAndMembership('org_1', { email: 'x@acme.example' })).rejects.toThrow(
      ScalekitNotFoundException,
    )
    expect((await api.listUsers({ pageSize: 100 })).totalSize).toBe(7)
  })

  it('are listed and found, in the environment and in an organization', async () => {
    const { user: api } = local.sdk(DEV)
    expect((await api.listUsers({ pageSize: 2 })).users.map(({ email }) => email)).toEqual([
      'eve@umbrella.example',
      'dev@initech.example',
    ])
    const inside = await api.listOrganizationUsers(ACME, { pageSize: 10 })
    expect([inside.totalSize, inside.users.map(({ email }) => email)]).toEqual([
      3,
      ['chi@globex.example', 'ben@acme.example', 'ana@acme.example'],
    ])
    expect((await api.searchUsers('ALMEIDA')).users.map(({ id }) => id)).toEqual([ANA])
    expect((await api.searchOrganizationUsers(GLOBEX, 'acme')).users).toEqual([])
    await expect(api.listOrganizationUsers('org_1')).rejects.toThrow(ScalekitNotFoundException)
  })

  it('of another environment are not found', async () => {
    const { user: api } = local.sdk(PRD)
    await expect(api.getUser(ANA)).rejects.toThrow(ScalekitNotFoundException)
    await expect(api.deleteUser(ANA)).rejects.toThrow(ScalekitNotFoundException)
    await expect(api.listUserRoles(ACME, ANA)).rejects.toThrow(ScalekitNotFoundException)
  })
})

describe('memberships', () => {
  it('give the first user of an organization the role of creators, and later ones that of members', async () => {
    const sdk = local.sdk(DEV)
    const { organization } = await sdk.organization.createOrganization('Hooli')
    const add = async (email: string) => {
      const { user } = await sdk.user.createUserAndMembership(organization?.id ?? '', { email })
      return user?.memberships[0]?.roles.map(({ name }) => name)
    }
    expect(await add('first@hooli.example')).toEqual(['admin'])
    expect(await add('second@hooli.example')).toEqual(['member'])
  })

  it('are created, changed and deleted', async () => {
    const { user: api } = local.sdk(DEV)
    const created = await api.createMembership(GLOBEX, ANA, {
      roles: ['guest'],
      metadata: { from: 'test' },
      sendInvitationEmail: false,
    })
    expect(created.user?.memberships.map(({ organizationId }) => organizationId)).toEqual([ACME, GLOBEX])
    await expect(api.createMembership(GLOBEX, ANA, {})).rejects.toThrow(ScalekitConflictException)
    await expect(api.createMembership('org_100000000000000003', ANA, { roles: ['nobody'] })).rejects.toThrow(
      ScalekitNotFoundException,
    )
    const { user } = await api.updateMembership(GLOBEX, ANA, { roles: ['admin', 'member'] })
    expect(user?.memberships[1]).toMatchObject({
      roles: [{ name: 'admin' }, { name: 'member' }],
      metadata: { from: 'test' },
      permissions: ['projects:read', 'projects:write', 'billing:manage'],
    })
    await api.deleteMembership(GLOBEX, ANA)
    await expect(api.updateMembership(GLOBEX, ANA, { roles: ['admin'] })).rejects.toThrow(
      ScalekitNotFoundException,
    )
    expect((await api.getUser(ANA)).user?.memberships).toHaveLength(1)
  })

  it('stop at the limit of the organization', async () => {
    const sdk = local.sdk(DEV)
    await sdk.organization.upsertUserManagementSettings(ACME, { maxAllowedUsers: 3 })
    await expect(sdk.user.createUserAndMembership(ACME, { email: 'x@acme.example' })).rejects.toThrow(
      ScalekitBadRequestException,
    )
    await expect(sdk.user.getUserByExternalId('x')).rejects.toThrow(ScalekitNotFoundException)
  })

  it('are pending until the invitation is accepted, and expire', async () => {
    const { user: api } = local.sdk(DEV)
    const { user } = await api.createUserAndMembership(ACME, { email: 'new@acme.example' })
    const id = user?.id ?? ''
    expect(user?.memberships[0]).toMatchObject({ membershipStatus: PENDING })
    const { invite } = await api.resendInvite(ACME, id)
    expect(invite).toMatchObject({
      organizationId: ACME,
      userId: id,
      status: 'PENDING_INVITE',
      resentCount: 1,
    })
    const control = { headers: { 'x-scalekit-local': '1' } }
    const { messages } = (await (
      await fetch(`${local.url}/__local/outbox?to=new@acme.example`, control)
    ).json()) as {
      messages: { to: string; subject: string }[]
    }
    const mail = { to: 'new@acme.example', subject: 'Invitation to Acme Robotics' }
    expect(messages).toMatchObject([mail, mail])
    local.wait(31 * 24 * 3600 * 1000)
    expect((await api.getUser(id)).user?.memberships[0]?.membershipStatus).toBe(4)
    await expect(api.resendInvite(ACME, ANA)).rejects.toThrow(ScalekitBadRequestException)
  })

  it('hold roles that can be added and removed one by one', async () => {
    const { user: api } = local.sdk(DEV)
    const names = (roles: { name: string }[]) => roles.map(({ name }) => name)
    expect(names((await api.assignUserRoles(ACME, ANA, ['guest'])).roles)).toEqual(['admin', 'guest'])
    await api.removeUserRole(ACME, ANA, 'admin')
    expect(names((await api.listUserRoles(ACME, ANA)).roles)).toEqual(['guest'])
    expect((await api.listUserPermissions(ACME, ANA)).permissions.map(({ name }) => name)).toEqual([
      'projects:read',
    ])
    await expect(api.removeUserRole(ACME, ANA, 'admin')).rejects.toThrow(ScalekitNotFoundException)
  })

  it('and users are reached by the customer’s own ids too', async () => {
    const { user: api } = local.sdk(DEV)
    const changed = await api.updateUserByExternalId('acme-1', { metadata: { team: 'core' } } as never)
    expect(changed.user).toMatchObject({ id: ANA, metadata: { team: 'core' } })
    const joined = await api.createMembershipByExternalId(GLOBEX, 'acme-1', { roles: ['guest'] })
    expect(joined.user?.memberships).toHaveLength(2)
    const promoted = await api.updateMembershipByExternalId(GLOBEX, 'acme-1', { roles: ['admin'] })
    expect(promoted.user?.memberships[1]).toMatchObject({ roles: [{ name: 'admin' }] })
    await api.deleteMembershipByExternalId(GLOBEX, 'acme-1')
    await expect(api.deleteMembershipByExternalId(GLOBEX, 'acme-1')).rejects.toThrow(
      ScalekitNotFoundException,
    )
    await api.deleteUserByExternalId('acme-1')
    await expect(api.getUser(ANA)).rejects.toThrow(ScalekitNotFoundException)
    for (const missing of [
      () => api.updateUserByExternalId('acme-1', {} as never),
      () => api.createMembershipByExternalId(GLOBEX, 'acme-1'),
      () => api.updateMembershipByExternalId(GLOBEX, 'acme-1', {}),
      () => api.deleteUserByExternalId('acme-1'),
    ])
      await expect(missing()).rejects.toThrow(ScalekitNotFoundException)
  })
})

describe('a user who is signed in', () => {
  const asUser = (token: string, path: string) => local.rest('GET', `/api/v1/users${path}`, { token })

  it('reads their own entry, and which session it is', async () => {
    const { access_token } = await signInToApp(local, 'ana@acme.example')
    const token = await local.session(ANA)
    const { sid } = claimsOf(access_token)
    for (const path of [':this', '/me']) {
      const { status, body } = await asUser(token, path)
      expect([status, body.user.email]).toEqual([200, 'ana@acme.example'])
      expect(body).toMatchObject({ current_session_id: '', gateway_enabled: false })
      expect(body.user.memberships).toMatchObject([{ organization_id: ACME }])
    }
    const resource = `${local.url}/${DEV}`
    const own = await local.tokenFor({ subject: ANA, resource, claims: { sid } })
    expect((await asUser(own, ':this')).body.current_session_id).toBe(sid)
    expect((await asUser(await local.client(DEV), ':this')).status).toBe(403)
  })

  it('has a hash for the support desk, as members of the workspace do', async () => {
    const hashOf = async (token: string) => {
      const headers = { 'x-env-domain': DEV }
      const { body } = await local.rest('GET', '/api/v1/users/support-hash', { token, headers })
      return body.support_hash
    }
    const ana = await hashOf(await local.session(ANA))
    expect(ana).toMatch(/^[0-9a-f]{64}$/)
    expect(await hashOf(await local.session(ANA))).toBe(ana)
    const others = [await local.session('usr_100000000000000102'), await local.admin()]
    const hashes = await Promise.all(others.map(hashOf))
    expect(new Set([ana, ...hashes]).size).toBe(3)
  })
})
