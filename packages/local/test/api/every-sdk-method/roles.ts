import { create } from '@bufbuild/protobuf'
import { roles as messages } from '@scalekit-mcp/api'
import { ACME } from '../local.js'
import type { SdkRecorder } from './recorder.js'

const named = (displayName: string) => create(messages.UpdateRoleSchema, { displayName })

/** `sdk.permission` and `sdk.role` */
export async function roles({ sdk, barred, refused }: SdkRecorder): Promise<void> {
  const drive = create(messages.CreatePermissionSchema, { name: 'robots:drive', description: 'Drive robots' })
  const { permission } = sdk
  await permission.createPermission(drive)
  await refused('ALREADY_EXISTS', () => permission.createPermission(drive))
  await permission.getPermission(drive.name)
  await refused('NOT_FOUND', () => permission.getPermission('robots:fly'))
  await permission.listPermissions()
  await refused('INVALID_ARGUMENT', () => permission.listPermissions('not a token'))
  await permission.updatePermission(drive.name, { ...drive, description: 'Drive any robot' })
  await refused('NOT_FOUND', () =>
    permission.updatePermission('robots:fly', { ...drive, name: 'robots:fly' }),
  )

  const api = sdk.role
  const driver = create(messages.CreateRoleSchema, {
    name: 'driver',
    displayName: 'Driver',
    extends: 'guest',
  })
  await api.createRole(driver)
  await refused('ALREADY_EXISTS', () => api.createRole(driver))
  await api.getRole('driver')
  await refused('NOT_FOUND', () => api.getRole('pilot'))
  await api.listRoles()
  await refused('PERMISSION_DENIED', () => barred.role.listRoles())
  await api.updateRole('driver', named('The driver'))
  await refused('NOT_FOUND', () => api.updateRole('pilot', named('The pilot')))
  await permission.addPermissionsToRole('driver', [drive.name])
  await refused('NOT_FOUND', () => permission.addPermissionsToRole('pilot', [drive.name]))
  await permission.listRolePermissions('driver')
  await refused('NOT_FOUND', () => permission.listRolePermissions('pilot'))
  await permission.listEffectiveRolePermissions('driver')
  await refused('NOT_FOUND', () => permission.listEffectiveRolePermissions('pilot'))
  await permission.removePermissionFromRole('driver', drive.name)
  await refused('NOT_FOUND', () => permission.removePermissionFromRole('pilot', drive.name))
  await permission.deletePermission(drive.name)
  await refused('NOT_FOUND', () => permission.deletePermission(drive.name))
  await api.listDependentRoles('guest')
  await refused('NOT_FOUND', () => api.listDependentRoles('pilot'))
  await api.getRoleUsersCount('driver')
  await refused('NOT_FOUND', () => api.getRoleUsersCount('pilot'))
  await api.updateDefaultRoles({ defaultMemberRole: 'member' })
  await refused('NOT_FOUND', () => api.updateDefaultRoles({ defaultMemberRole: 'pilot' }))
  await api.deleteRoleBase('driver')
  await refused('NOT_FOUND', () => api.deleteRoleBase('pilot'))
  await api.deleteRole('driver')
  await refused('NOT_FOUND', () => api.deleteRole('driver'))
}

/** The methods of `sdk.role` for an organization's own roles. */
export async function organizationRoles({ sdk, refused }: SdkRecorder): Promise<void> {
  const api = sdk.role
  const nobody = 'org_999999999999999999'
  const welder = create(messages.CreateOrganizationRoleSchema, {
    name: 'welder',
    displayName: 'Welder',
    extends: 'guest',
  })
  await api.createOrganizationRole(ACME, welder)
  await refused('ALREADY_EXISTS', () => api.createOrganizationRole(ACME, welder))
  await api.getOrganizationRole(ACME, 'welder')
  await refused('NOT_FOUND', () => api.getOrganizationRole(ACME, 'pilot'))
  await api.listOrganizationRoles(ACME)
  await refused('NOT_FOUND', () => api.listOrganizationRoles(nobody))
  await api.updateOrganizationRole(ACME, 'welder', named('The welder'))
  await refused('NOT_FOUND', () => api.updateOrganizationRole(ACME, 'pilot', named('The pilot')))
  await api.updateDefaultOrganizationRoles(ACME, 'welder')
  await refused('NOT_FOUND', () => api.updateDefaultOrganizationRoles(ACME, 'pilot'))
  await api.getOrganizationRoleUsersCount(ACME, 'welder')
  await refused('NOT_FOUND', () => api.getOrganizationRoleUsersCount(ACME, 'pilot'))
  await api.deleteOrganizationRoleBase(ACME, 'welder')
  await refused('NOT_FOUND', () => api.deleteOrganizationRoleBase(ACME, 'pilot'))
  await api.deleteOrganizationRole(ACME, 'welder')
  await refused('NOT_FOUND', () => api.deleteOrganizationRole(ACME, 'welder'))
}
