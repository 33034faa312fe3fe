import { OrganizationService, RolesService, UserService } from '@scalekit-mcp/api'
import { ACME, GLOBEX } from '../local.js'
import type { Wire } from './wire.js'

const ANA = 'usr_100000000000000101'
const byId = (value: string) => ({ identities: { case: 'id' as const, value } })

/** Organizations, their settings and links. */
export async function organizations(wire: Wire): Promise<void> {
  const api = wire.client(OrganizationService)
  const { organization } = await api.createOrganization({
    organization: { displayName: 'Hooli', externalId: 'hooli' },
  })
  const id = organization?.id ?? ''
  await api.getOrganization(byId(id))
  await api.getOrganizationByExternalId({ identities: { case: 'externalId', value: 'hooli' } })
  await api.listOrganization({})
  await api.searchOrganization({ query: 'hooli' })
  await api.updateOrganization({ ...byId(id), organization: { displayName: 'Hooli XYZ' } })
  await api.updateOrganizationSettings({ id, settings: { features: [{ name: 'sso', enabled: true }] } })
  await api.upsertUserManagementSettings({ organizationId: id, settings: { maxAllowedUsers: 5 } })
  await api.getOrganizationUserManagementSetting({ organizationId: id })
  await api.updateOrganizationSessionPolicy({ organizationId: id, policySource: 1 })
  await api.getOrganizationSessionPolicy({ organizationId: id })
  await api.getApplicationSessionPolicy({ organizationId: id })
  const { link } = await api.generatePortalLink({ id, features: [2] })
  await api.getPortalLinks({ id })
  await api.deletePortalLinkByID({ id, linkId: link?.id ?? '' })
  await api.deletePortalLink({ id })
  await api.deleteOrganization(byId(id))
}

/** Roles and permissions, of the environment and of an organization. */
export async function roles(wire: Wire): Promise<void> {
  const api = wire.client(RolesService)
  await api.createPermission({ permission: { name: 'robots:drive', description: 'Drive' } })
  await api.getPermission({ permissionName: 'robots:drive' })
  await api.listPermissions({})
  await api.updatePermission({
    permissionName: 'robots:drive',
    permission: { name: 'robots:drive', description: 'Drive robots' },
  })
  await api.createRole({ role: { name: 'driver', displayName: 'Driver', extends: 'guest', permissions: [] } })
  await api.getRole({ roleName: 'driver' })
  await api.listRoles({})
  await api.updateRole({ roleName: 'driver', role: { displayName: 'The driver' } })
  await api.addPermissionsToRole({ roleName: 'driver', permissionNames: ['robots:drive'] })
  await api.listRolePermissions({ roleName: 'driver' })
  await api.listEffectiveRolePermissions({ roleName: 'driver' })
  await api.removePermissionFromRole({ roleName: 'driver', permissionName: 'robots:drive' })
  await api.listDependentRoles({ roleName: 'guest' })
  await api.getRoleUsersCount({ roleName: 'driver' })
  await api.updateDefaultRoles({ defaultMemberRole: 'member' })
  await api.deleteRoleBase({ roleName: 'driver' })
  await api.deleteRole({ roleName: 'driver' })

  const orgId = ACME
  await api.createOrganizationRole({
    orgId,
    role: { name: 'welder', displayName: 'Welder', extends: 'guest' },
  })
  await api.getOrganizationRole({ orgId, roleName: 'welder' })
  await api.listOrganizationRoles({ orgId })
  await api.updateOrganizationRole({ orgId, roleName: 'welder', role: { displayName: 'The welder' } })
  await api.updateDefaultOrganizationRoles({ orgId, defaultMemberRole: 'welder' })
  await api.getOrganizationRoleUsersCount({ orgId, roleName: 'welder' })
  await api.deleteOrganizationRoleBase({ orgId, roleName: 'welder' })
  await api.deleteOrganizationRole({ orgId, roleName: 'welder' })
  await api.deletePermission({ permissionName: 'robots:drive' })
}

/** Users, their memberships and roles. */
export async function users(wire: Wire): Promise<void> {
  const api = wire.client(UserService)
  const { user } = await api.createUserAndMembership({
    organizationId: ACME,
    user: { email: 'new@acme.example' },
  })
  const id = user?.id ?? ''
  await api.getUser(byId(id))
  await api.getCurrentUser({})
  await api.getSupportHash({})
  await api.listUsers({})
  await api.searchUsers({ query: 'acme' })
  await api.listOrganizationUsers({ organizationId: ACME })
  await api.searchOrganizationUsers({ organizationId: ACME, query: 'acme' })
  await api.updateUser({ ...byId(id), user: { userProfile: { firstName: 'New' } } })
  await api.resendInvite({ organizationId: ACME, id })
  await api.createMembership({ organizationId: GLOBEX, ...byId(ANA), membership: {} })
  await api.updateMembership({
    organizationId: GLOBEX,
    ...byId(ANA),
    membership: { roles: [{ name: 'guest' }] },
  })
  await api.assignUserRoles({ organizationId: GLOBEX, userId: ANA, roles: [{ roleName: 'member' }] })
  await api.listUserRoles({ organizationId: GLOBEX, userId: ANA })
  await api.listUserPermissions({ organizationId: GLOBEX, userId: ANA })
  await api.removeUserRole({ organizationId: GLOBEX, userId: ANA, roleName: 'member' })
  await api.deleteMembership({ organizationId: GLOBEX, ...byId(ANA) })
  await api.deleteUser(byId(id))
}
