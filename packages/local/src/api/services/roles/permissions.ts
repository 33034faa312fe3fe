import { Code, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type RolesService, roles } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { findPermissions } from '../../../domain/roles/permission-data.js'
import type { Store } from '../../../domain/store.js'
import { newId } from '../../../storage/ids.js'
import type { PermissionRow, Schema } from '../../../storage/schema.js'
import { required } from '../../identity.js'
import { toPermission } from '../../messages/role-message.js'
import { fetchPage, readPage } from '../../page.js'
import { environmentOf } from '../../request-context.js'

/** The permissions of an environment. Scalekit's own are not among them: a local environment has none. */
export function permissionHandlers({ database, clock }: Store): Partial<ServiceImpl<typeof RolesService>> {
  return {
    async createPermission(request, context) {
      const { name, description } = required(request.permission, 'permission')
      const now = clock.now()
      const environment_id = environmentOf(context)
      const row: PermissionRow = {
        id: newId('perm'),
        environment_id,
        name,
        description,
        created_at: now,
        updated_at: now,
      }
      return database.transaction(async (db) => {
        await refuseTaken(db, row)
        await db.insertInto('permissions').values(row).execute()
        return { permission: toPermission(row) }
      })
    },

    async getPermission({ permissionName }, context) {
      return {
        permission: toPermission(await findPermission(database.db, environmentOf(context), permissionName)),
      }
    },

    async listPermissions(request, context) {
      const environment = environmentOf(context)
      const page = readPage(['permissions', environment, String(request.type)], request)
      if (request.type === roles.PermissionType.SCALEKIT) return {}
      const query = database.db.selectFrom('permissions').where('environment_id', '=', environment)
      const { rows, ...tokens } = await fetchPage(page, query.selectAll(), 'id')
      const { total } = await query
        .select(({ fn }) => fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow()
      return { ...tokens, totalSize: Number(total), permissions: rows.map(toPermission) }
    },

    async updatePermission({ permissionName, permission }, context) {
      const { name, description } = required(permission, 'permission')
      return database.transaction(async (db) => {
        const row = await findPermission(db, environmentOf(context), permissionName)
        const updated = { ...row, name, description, updated_at: clock.now() }
        await refuseTaken(db, updated)
        await db.updateTable('permissions').set(updated).where('id', '=', row.id).execute()
        return { permission: toPermission(updated) }
      })
    },

    async deletePermission({ permissionName }, context) {
      const row = await findPermission(database.db, environmentOf(context), permissionName)
      await database.db.deleteFrom('permissions').where('id', '=', row.id).execute()
      return {}
    },
  }
}

async function findPermission(db: Kysely<Schema>, environment: string, name: string): Promise<PermissionRow> {
  const [row] = await findPermissions(db, environment, [name])
  return required(row, 'permission_name')
}

async function refuseTaken(db: Kysely<Schema>, { id, environment_id, name }: PermissionRow): Promise<void> {
  const taken = await db
    .selectFrom('permissions')
    .select('id')
    .where('environment_id', '=', environment_id)
    .where('name', '=', name)
    .where('id', '!=', id)
    .executeTakeFirst()
  if (taken) throw apiError(Code.AlreadyExists, `A permission ${name} exists`)
}
