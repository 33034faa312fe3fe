import { ACME } from '../local.js'
import type { RestApi } from './rest-api.js'

/** Permissions and roles of an environment. */
export async function roles({ ok, fails }: RestApi): Promise<void> {
  const permission = { name: 'robots:drive', description: 'Drive robots' }
  const permission_name = permission.name
  await ok('RolesService.CreatePermission', { permission })
  await fails('ALREADY_EXISTS', 'RolesService.CreatePermission', { permission })
  await ok('RolesService.GetPermission', { permission_name })
  await fails('NOT_FOUND', 'RolesService.GetPermission', { permission_name: 'robots:fly' })
  await ok('RolesService.ListPermissions')
  await fails('INVALID_ARGUMENT', 'RolesService.ListPermissions', { page_token: 'not a token' })
  await ok('RolesService.UpdatePermission', { permission_name, permission })
  await fails('NOT_FOUND', 'RolesService.UpdatePermission', { permission_name: 'robots:fly', permission })

  const role = { name: 'driver', display_name: 'Driver', extends: 'guest' }
  const driver = { role_name: 'driver' }
  const pilot = { role_name: 'pilot' }
  await ok('RolesService.CreateRole', { role })
  await fails('ALREADY_EXISTS', 'RolesService.CreateRole', { role })
  await ok('RolesService.GetRole', driver)
  await fails('NOT_FOUND', 'RolesService.GetRole', pilot)
  await ok('RolesService.ListRoles')
  await fails('UNAUTHENTICATED', 'RolesService.ListRoles')
  await ok('RolesService.UpdateRole', { ...driver, role: { display_name: 'The driver' } })
  await fails('NOT_FOUND', 'RolesService.UpdateRole', { ...pilot, role: { display_name: 'The pilot' } })
  await ok('RolesService.AddPermissionsToRole', { ...driver, permission_names: [permission_name] })
  await fails('NOT_FOUND', 'RolesService.AddPermissionsToRole', {
    ...pilot,
    permission_names: [permission_name],
  })
  await ok('RolesService.ListRolePermissions', driver)
  await fails('NOT_FOUND', 'RolesService.ListRolePermissions', pilot)
  await ok('RolesService.ListEffectiveRolePermissions', driver)
  await fails('NOT_FOUND', 'RolesService.ListEffectiveRolePermissions', pilot)
  await ok('RolesService.RemovePermissionFromRole', { ...driver, permission_name })
  await fails('NOT_FOUND', 'RolesService.RemovePermissionFromRole', { ...pilot, permission_name })
  await ok('RolesService.DeletePermission', { permission_name })
  await fails('NOT_FOUND', 'RolesService.DeletePermission', { permission_name })
  await ok('RolesService.ListDependentRoles', { role_name: 'guest' })
  await fails('NOT_FOUND', 'RolesService.ListDependentRoles', pilot)
  await ok('RolesService.GetRoleUsersCount', driver)
  await fails('NOT_FOUND', 'RolesService.GetRoleUsersCount', pilot)
  await ok('RolesService.UpdateDefaultRoles', { default_member_role: 'member' })
  await fails('NOT_FOUND', 'RolesService.UpdateDefaultRoles', { default_member_role: 'pilot' })
  await ok('RolesService.DeleteRole', driver)
  await fails('NOT_FOUND', 'RolesService.DeleteRole', driver)
}

/** Roles of an organization. */
export async function organizationRoles({ ok, fails }: RestApi): Promise<void> {
  const org_id = ACME
  const role = { name: 'welder', display_name: 'Welder', extends: 'guest' }
  const welder = { org_id, role_name: 'welder' }
  const pilot = { org_id, role_name: 'pilot' }
  await ok('RolesService.CreateOrganizationRole', { org_id, role })
  await fails('ALREADY_EXISTS', 'RolesService.CreateOrganizationRole', { org_id, role })
  await ok('RolesService.GetOrganizationRole', welder)
  await fails('NOT_FOUND', 'RolesService.GetOrganizationRole', pilot)
  await ok('RolesService.ListOrganizationRoles', { org_id })
  await fails('NOT_FOUND', 'RolesService.ListOrganizationRoles', { org_id: 'org_999999999999999999' })
  await ok('RolesService.UpdateOrganizationRole', { ...welder, role: { display_name: 'The welder' } })
  await fails('NOT_FOUND', 'RolesService.UpdateOrganizationRole', {
    ...pilot,
    role: { display_name: 'The pilot' },
  })
  await ok('RolesService.UpdateDefaultOrganizationRoles', { org_id, default_member_role: 'welder' })
  await fails('NOT_FOUND', 'RolesService.UpdateDefaultOrganizationRoles', {
    org_id,
    default_member_role: 'pilot',
  })
  await ok('RolesService.DeleteOrganizationRole', { ...welder, reassign_role_name: 'member' })
  await fails('NOT_FOUND', 'RolesService.DeleteOrganizationRole', welder)
}
