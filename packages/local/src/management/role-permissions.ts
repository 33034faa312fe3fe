import type { HandlerContext, ServiceImpl } from '@connectrpc/connect'
import type { RolesService } from '@scalekit-mcp/api'
import { addPermissions, findPermissions } from './permission-data.js'
import { environmentOf } from './request-context.js'
import { effectivePermissions, findRole, ownPermissions, type RoleScope, visibleRoles } from './role-data.js'
import { toPermission } from './role-message.js'
import type { Store } from './store.js'

/** Which permissions the roles of an environment have. */
export function rolePermissionHandlers({ database }: Store): Partial<ServiceImpl<typeof RolesService>> {
  const scopeOf = (context: HandlerContext): RoleScope => ({
    environment: environmentOf(context),
    organization: null,
  })
  return {
    async listRolePermissions({ roleName }, context) {
      const role = await findRole(database.db, scopeOf(context), roleName)
      return { permissions: (await ownPermissions(database.db, [role])).map(toPermission) }
    },

    async listEffectiveRolePermissions({ roleName }, context) {
      const scope = scopeOf(context)
      const role = await findRole(database.db, scope, roleName)
      const permissions = await effectivePermissions(
        database.db,
        [role],
        await visibleRoles(database.db, scope),
      )
      return { permissions: permissions.map(toPermission) }
    },

    async addPermissionsToRole({ roleName, permissionNames }, context) {
      const scope = scopeOf(context)
      return database.transaction(async (db) => {
        const role = await findRole(db, scope, roleName)
        await addPermissions(db, role.id, await findPermissions(db, scope.environment, permissionNames))
        return { permissions: (await ownPermissions(db, [role])).map(toPermission) }
      })
    },

    async removePermissionFromRole({ roleName, permissionName }, context) {
      const scope = scopeOf(context)
      const role = await findRole(database.db, scope, roleName)
      const permissions = await findPermissions(database.db, scope.environment, [permissionName])
      await database.db
        .deleteFrom('role_permissions')
        .where('role_id', '=', role.id)
        .where(
          'permission_id',
          'in',
          permissions.map(({ id }) => id),
        )
        .execute()
      return {}
    },
  }
}
