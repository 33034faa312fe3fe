import { Code } from '@connectrpc/connect'
import { RolesService, UserService } from '@scalekit-mcp/api'
import { expect } from 'vitest'
import { claimsOf } from '../../oauth/authorization-code.js'
import { ACME } from '../local.js'
import { signInToApp } from '../sign-in.js'
import { type Observation, under } from './observation.js'

const { method } = RolesService
const BEN = 'usr_100000000000000102'
const ADMIN_ROLE = 'role_100000000000000001'
const GUEST_ROLE = 'role_100000000000000003'

/** Roles and permissions. */
export const roleFields: readonly Observation[] = [
  {
    seen: 'in the token of a user who has the role, and in the role',
    fields: [
      [method.createPermission, ...under('permission', 'name', 'description')],
      [method.updatePermission, ...under('permission', 'name', 'description')],
      [method.createRole, ...under('role', 'name', 'display_name', 'description', 'extends', 'permissions')],
      [method.updateRole, ...under('role', 'display_name', 'description', 'extends', 'permissions')],
      [method.addPermissionsToRole, 'permission_names'],
    ],
    async observe({ wire, local }) {
      const api = wire.client(RolesService)
      await api.createPermission({ permission: { name: 'robots:drive', description: 'Drive' } })
      const permission = { name: 'robots:steer', description: 'Steer' }
      await api.updatePermission({ permissionName: 'robots:drive', permission })
      expect((await api.getPermission({ permissionName: 'robots:steer' })).permission).toMatchObject(
        permission,
      )

      const described = { displayName: 'Driver', description: 'Drives robots' }
      const role = { name: 'driver', ...described, extends: 'guest', permissions: ['robots:steer'] }
      await api.createRole({ role })
      expect((await api.getRole({ roleName: 'driver' })).role).toMatchObject({
        ...described,
        extends: 'guest',
      })
      await wire.client(UserService).updateMembership({
        organizationId: ACME,
        identities: { case: 'id', value: BEN },
        membership: { roles: [{ name: 'driver' }] },
      })
      const held = async () => {
        const claims = claimsOf((await signInToApp(local, 'ben@acme.example')).access_token)
        return [claims.permissions].flat().sort()
      }
      expect(await held()).toEqual(['projects:read', 'robots:steer'])

      const renamed = { displayName: 'Pilot', description: 'Flies robots' }
      const permissions = ['billing:manage']
      await api.updateRole({ roleName: 'driver', role: { ...renamed, extends: 'member', permissions } })
      expect((await api.getRole({ roleName: 'driver' })).role).toMatchObject({
        ...renamed,
        extends: 'member',
      })
      expect(await held()).toEqual(['billing:manage', 'projects:read', 'projects:write'])
      await api.addPermissionsToRole({ roleName: 'driver', permissionNames: ['robots:steer'] })
      expect(await held()).toContain('robots:steer')
    },
  },
  {
    seen: 'in the role of the organization, and in the permissions of a user who has it',
    fields: [
      [
        method.createOrganizationRole,
        ...under('role', 'name', 'display_name', 'description', 'extends', 'permissions'),
      ],
      [
        method.updateOrganizationRole,
        ...under('role', 'display_name', 'description', 'extends', 'permissions'),
      ],
    ],
    async observe({ wire }) {
      const api = wire.client(RolesService)
      const described = { displayName: 'Welder', description: 'Welds' }
      const role = { name: 'welder', ...described, extends: 'guest', permissions: ['billing:manage'] }
      const named = { orgId: ACME, roleName: 'welder' }
      await api.createOrganizationRole({ orgId: ACME, role })
      expect((await api.getOrganizationRole(named)).role).toMatchObject({ ...described, extends: 'guest' })
      const users = wire.client(UserService)
      const ben = { organizationId: ACME, userId: BEN }
      const membership = { roles: [{ name: 'welder' }] }
      await users.updateMembership({
        organizationId: ACME,
        identities: { case: 'id', value: BEN },
        membership,
      })
      const held = async () =>
        (await users.listUserPermissions(ben)).permissions.map(({ name }) => name).sort()
      expect(await held()).toEqual(['billing:manage', 'projects:read'])
      const renamed = { displayName: 'Builder', description: 'Builds' }
      const changed = { ...renamed, extends: 'member', permissions: ['projects:read'] }
      await api.updateOrganizationRole({ ...named, role: changed })
      expect((await api.getOrganizationRole(named)).role).toMatchObject({ ...renamed, extends: 'member' })
      expect(await held()).toEqual(['projects:read', 'projects:write'])
    },
  },
  {
    seen: 'in the roles of the users who had the deleted role',
    fields: [
      [method.deleteRole, 'reassign_role_id', 'reassign_role_name'],
      [method.deleteOrganizationRole, 'reassign_role_name'],
    ],
    async observe({ wire }) {
      const api = wire.client(RolesService)
      const users = wire.client(UserService)
      const ben = { organizationId: ACME, userId: BEN }
      const identities = { case: 'id' as const, value: BEN }
      const roles = async () => (await users.listUserRoles(ben)).roles.map(({ name }) => name)
      const give = (name: string) =>
        users.updateMembership({ organizationId: ACME, identities, membership: { roles: [{ name }] } })
      for (const name of ['first', 'second']) await api.createRole({ role: { name, displayName: name } })
      await give('first')
      await api.deleteRole({ roleName: 'first', reassignRoleName: 'second' })
      expect(await roles()).toEqual(['second'])
      await api.deleteRole({ roleName: 'second', reassignRoleId: GUEST_ROLE })
      expect(await roles()).toEqual(['guest'])
      await api.createOrganizationRole({ orgId: ACME, role: { name: 'own', displayName: 'Own' } })
      await give('own')
      await api.deleteOrganizationRole({ orgId: ACME, roleName: 'own', reassignRoleName: 'member' })
      expect(await roles()).toEqual(['member'])
    },
  },
  {
    seen: 'in the role that a user gets who is added without one',
    fields: [
      [
        method.updateDefaultRoles,
        ...under('default_creator', 'id', 'name'),
        ...under('default_member', 'id', 'name'),
        'default_creator_role',
        'default_member_role',
      ],
      [method.updateDefaultOrganizationRoles, 'default_member_role'],
    ],
    async observe({ wire }) {
      const api = wire.client(RolesService)
      const users = wire.client(UserService)
      let number = 0
      const added = async () => {
        number += 1
        const user = { email: `new${number}@acme.example` }
        const answer = await users.createUserAndMembership({ organizationId: ACME, user })
        return answer.user?.memberships[0]?.roles.map(({ name }) => name)
      }
      await api.updateDefaultRoles({ defaultCreatorRole: 'member', defaultMemberRole: 'guest' })
      expect(await added()).toEqual(['guest'])
      await api.updateDefaultRoles({ defaultMember: { id: ADMIN_ROLE }, defaultCreator: { id: GUEST_ROLE } })
      expect(await added()).toEqual(['admin'])
      const guest = { id: GUEST_ROLE, name: 'guest' }
      const { defaultCreator } = await api.updateDefaultRoles({ defaultMember: guest, defaultCreator: guest })
      expect(await added()).toEqual(['guest'])
      expect(defaultCreator?.name).toBe('guest')
      for (const role of ['defaultMember', 'defaultCreator'])
        await expect(api.updateDefaultRoles({ [role]: { ...guest, name: 'admin' } })).rejects.toMatchObject({
          code: Code.NotFound,
        })
      await api.updateDefaultOrganizationRoles({ orgId: ACME, defaultMemberRole: 'admin' })
      expect(await added()).toEqual(['admin'])
    },
  },
]
