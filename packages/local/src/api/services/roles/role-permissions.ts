import type { HandlerContext, ServiceImpl } from '@connectrpc/connect'
import type { RolesService } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { addPermissions, findPermissions } from '../../../domain/roles/permission-data.js'
import { openRoleBook } from '../../../domain/roles/role-book.js'
import { findRole } from '../../../domain/roles/role-data.js'
import type { Store } from '../../../domain/store.js'
import type { Schema } from '../../../storage/schema.js'
import { toPermission } from '../../messages/role-message.js'
import { environmentOf } from '../../request-context.js'

/** Which permissions the roles of an environment have. */
export function rolePermissionHandlers({ database }: Store): Partial<ServiceImpl<typeof RolesService>> {
  return {
    async listRolePermissions({ roleName }, context) {
      const { role, book } = await read(database.db, context, roleName)
      return { permissions: book.own(role).map(toPermission) }
    },

    async listEffectiveRolePermissions({ roleName }, context) {
      const { role, book } = await read(database.db, context, roleName)
      return { permissions: book.effective([role], null).map(toPermission) }
    },

    async addPermissionsToRole({ roleName, permissionNames }, context) {
      return database.transaction(async (db) => {
        const { role } = await read(db, context, roleName)
        await addPermissions(db, role.id, await findPermissions(db, environmentOf(context), permissionNames))
        const { book } = await read(db, context, roleName)
        return { permissions: book.own(role).map(toPermission) }
      })
    },

    async removePermissionFromRole({ roleName, permissionName }, context) {
      const { role } = await read(database.db, context, roleName)
      const permissions = await findPermissions(database.db, environmentOf(context), [permissionName])
      const ids = permissions.map(({ id }) => id)
      await database.db
        .deleteFrom('role_permissions')
        .where('role_id', '=', role.id)
        .where('permission_id', 'in', ids)
        .execute()
      return {}
    },
  }
}

async function read(db: Kysely<Schema>, context: HandlerContext, name: string) {
  const environment = environmentOf(context)
  const role = await findRole(db, { environment, organization: null }, name)
  return { role, book: await openRoleBook(db, environment) }
}
