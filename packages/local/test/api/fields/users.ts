import { UserService } from '@scalekit-mcp/api'
import { expect } from 'vitest'
import { ACME, GLOBEX, type Local } from '../local.js'
import { type Observation, under } from './observation.js'

const { method } = UserService
const ANA = { case: 'id' as const, value: 'usr_100000000000000101' }
const GUEST = 'role_100000000000000003'
const PENDING = 3
const ACTIVE = 1

const profile = {
  name: 'Dr Zoe Zed',
  locale: 'pt-PT',
  phoneNumber: '+351912345678',
  preferredUsername: 'zoe',
  picture: 'https://acme.example/zoe.png',
  gender: 'female',
  groups: ['engineering'],
  metadata: { desk: 'A1' },
  customAttributes: { badge: '42' },
}
const other = {
  name: 'Zora Zett',
  locale: 'de-DE',
  phoneNumber: '+4930123456',
  preferredUsername: 'zora',
  picture: 'https://acme.example/zora.png',
  gender: 'other',
  groups: ['sales'],
  metadata: { desk: 'B2' },
  customAttributes: { badge: '43' },
}
const profileNames = [
  ...['given_name', 'family_name', 'first_name', 'last_name', 'name', 'locale', 'phone_number', 'gender'],
  ...['preferred_username', 'picture', 'groups', 'metadata', 'custom_attributes'],
]
const membership = ['roles.id', 'roles.name', 'metadata', 'inviter_email']

async function mailsTo(local: Local, to: string): Promise<number> {
  const { body } = await local.rest('GET', `/__local/outbox?to=${to}`, {
    headers: { 'x-scalekit-local': '1' },
  })
  return body.messages.length
}

/** Users, their memberships and roles. */
export const userFields: readonly Observation[] = [
  {
    seen: 'in the user and its membership, in the roles of the user, and in the invitation',
    fields: [
      [
        method.createUserAndMembership,
        ...['user.email', 'user.external_id', 'user.metadata', 'send_invitation_email'],
        ...under('user.user_profile', ...profileNames),
        ...under('user.membership', ...membership),
      ],
    ],
    async observe({ wire, local }) {
      const api = wire.client(UserService)
      const email = 'zoe@acme.example'
      const names = { firstName: 'Zoe', lastName: 'Zed' }
      const { user } = await api.createUserAndMembership({
        organizationId: ACME,
        user: {
          email,
          externalId: 'zoe',
          metadata: { team: 'core' },
          userProfile: { ...profile, ...names },
          membership: {
            roles: [{ name: 'guest' }],
            metadata: { seat: '7' },
            inviterEmail: 'ana@acme.example',
          },
        },
      })
      const id = user?.id ?? ''
      const read = await api.getUser({ identities: { case: 'externalId', value: 'zoe' } })
      expect(read.user).toMatchObject({
        id,
        email,
        metadata: { team: 'core' },
        userProfile: { ...profile, ...names, givenName: 'Zoe', familyName: 'Zed' },
        memberships: [{ metadata: { seat: '7' }, membershipStatus: PENDING }],
      })
      expect(await mailsTo(local, email)).toBe(1)
      const { invite } = await api.resendInvite({ organizationId: ACME, id })
      expect(invite?.inviterEmail).toBe('ana@acme.example')
      const { roles } = await api.listUserRoles({ organizationId: ACME, userId: id })
      expect(roles.map(({ name }) => name)).toEqual(['guest'])

      const second = await api.createUserAndMembership({
        organizationId: ACME,
        sendInvitationEmail: false,
        user: {
          email: 'yan@acme.example',
          userProfile: { givenName: 'Yan', familyName: 'Yu' },
          membership: { roles: [{ id: GUEST }] },
        },
      })
      expect(second.user).toMatchObject({
        userProfile: { firstName: 'Yan', lastName: 'Yu', name: 'Yan Yu' },
        memberships: [{ membershipStatus: ACTIVE, roles: [{ name: 'guest' }] }],
      })
      expect(await mailsTo(local, 'yan@acme.example')).toBe(0)
      const third = { email: 'xia@acme.example' }
      await api.createUserAndMembership({ organizationId: ACME, user: third, sendInvitationEmail: true })
      expect(await mailsTo(local, 'xia@acme.example')).toBe(1)
    },
  },
  {
    seen: 'in the user, also when it is named by its external id',
    fields: [
      [
        method.updateUser,
        'user.external_id',
        'user.metadata',
        ...under('user.user_profile', ...profileNames),
      ],
    ],
    async observe({ wire }) {
      const api = wire.client(UserService)
      const names = { givenName: 'Zora', familyName: 'Zett' }
      const user = { externalId: 'zora', metadata: { team: 'edge' }, userProfile: { ...other, ...names } }
      await api.updateUser({ identities: ANA, user })
      const zora = { case: 'externalId' as const, value: 'zora' }
      expect((await api.getUser({ identities: zora })).user).toMatchObject({ id: ANA.value, ...user })
      const userProfile = { firstName: 'Ana', lastName: 'Alves' }
      await api.updateUser({ identities: zora, user: { userProfile } })
      expect((await api.getUser({ identities: ANA })).user?.userProfile).toMatchObject({
        ...userProfile,
        name: 'Ana Alves',
      })
    },
  },
  {
    seen: 'in the membership, in the roles of the user, and in the invitation',
    fields: [
      [method.createMembership, 'send_invitation_email', ...under('membership', ...membership)],
      [method.updateMembership, ...under('membership', 'roles.id', 'roles.name', 'metadata')],
      [method.assignUserRoles, 'roles.id', 'roles.role_name'],
    ],
    async observe({ wire, local }) {
      const api = wire.client(UserService)
      const organizationId = GLOBEX
      const roles = async () =>
        (await api.listUserRoles({ organizationId, userId: ANA.value })).roles.map(({ name }) => name).sort()
      const first = {
        roles: [{ name: 'guest' }],
        metadata: { seat: '7' },
        inviterEmail: 'chi@globex.example',
      }
      const { user } = await api.createMembership({
        organizationId,
        identities: ANA,
        membership: first,
        sendInvitationEmail: true,
      })
      const made = user?.memberships.find((one) => one.organizationId === GLOBEX)
      expect(made).toMatchObject({ metadata: { seat: '7' }, inviterEmail: 'chi@globex.example' })
      expect(await mailsTo(local, 'ana@acme.example')).toBe(1)
      expect(await roles()).toEqual(['guest'])
      const named = { roles: [{ name: 'member' }], metadata: { seat: '8' } }
      const updated = await api.updateMembership({ organizationId, identities: ANA, membership: named })
      expect(updated.user?.memberships.find((one) => one.organizationId === GLOBEX)?.metadata).toEqual({
        seat: '8',
      })
      expect(await roles()).toEqual(['member'])
      await api.updateMembership({ organizationId, identities: ANA, membership: { roles: [{ id: GUEST }] } })
      expect(await roles()).toEqual(['guest'])
      await api.assignUserRoles({ organizationId, userId: ANA.value, roles: [{ roleName: 'member' }] })
      expect(await roles()).toEqual(['guest', 'member'])
      await api.assignUserRoles({
        organizationId,
        userId: ANA.value,
        roles: [{ id: 'role_100000000000000001' }],
      })
      expect(await roles()).toEqual(['admin', 'guest', 'member'])

      const dev = { case: 'id' as const, value: 'usr_100000000000000104' }
      const byId = { roles: [{ id: GUEST }] }
      await api.createMembership({
        organizationId,
        identities: dev,
        membership: byId,
        sendInvitationEmail: false,
      })
      const held = await api.listUserRoles({ organizationId, userId: dev.value })
      expect(held.roles.map(({ name }) => name)).toEqual(['guest'])
      expect(await mailsTo(local, 'dev@initech.example')).toBe(0)
    },
  },
]
