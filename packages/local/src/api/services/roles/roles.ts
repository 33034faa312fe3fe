import type { HandlerContext, ServiceImpl } from '@connectrpc/connect'
import type { RolesService, roles } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { membershipsWithRole } from '../../../domain/roles/membership-roles.js'
import { openRoleBook } from '../../../domain/roles/role-book.js'
import { createRole, deleteRole, removeBase, updateRole } from '../../../domain/roles/role-changes.js'
import {
  dependentsOf,
  findRole,
  noSuchRole,
  type RoleScope,
  rolesIn,
} from '../../../domain/roles/role-data.js'
import type { Store } from '../../../domain/store.js'
import type { Schema } from '../../../storage/schema.js'
import { required } from '../../identity.js'
import { toRole } from '../../messages/role-message.js'
import { environmentOf } from '../../request-context.js'

/** The roles of an environment. */
export function roleHandlers({ database, clock }: Store): Partial<ServiceImpl<typeof RolesService>> {
  const scopeOf = (context: HandlerContext) => ({ environment: environmentOf(context), organization: null })
  return {
    async createRole({ role }, context) {
      const scope = scopeOf(context)
      return database.transaction(async (db) => {
        const row = await createRole(db, scope, clock.now(), required(role, 'role'))
        return { role: toRole(await openRoleBook(db, scope.environment), null, row, 'permissions') }
      })
    },

    async getRole({ roleName, include }, context) {
      const scope = scopeOf(context)
      const row = await findRole(database.db, scope, roleName)
      return { role: toRole(await openRoleBook(database.db, scope.environment), null, row, include) }
    },

    async listRoles({ include }, context) {
      const book = await openRoleBook(database.db, environmentOf(context))
      return { roles: book.visible(null).map((row) => toRole(book, null, row, include)) }
    },

    async updateRole({ roleName, role }, context) {
      const scope = scopeOf(context)
      return database.transaction(async (db) => {
        const row = await updateRole(db, scope, clock.now(), { ...required(role, 'role'), name: roleName })
        return { role: toRole(await openRoleBook(db, scope.environment), null, row, 'permissions') }
      })
    },

    async deleteRole({ roleName, reassignRoleName, reassignRoleId }, context) {
      const scope = scopeOf(context)
      await database.transaction((db) =>
        deleteRole(db, clock, scope, roleName, reassignRoleName || reassignRoleId),
      )
      return {}
    },

    async deleteRoleBase({ roleName }, context) {
      const scope = scopeOf(context)
      await database.transaction((db) => removeBase(db, scope, clock.now(), roleName))
      return {}
    },

    async listDependentRoles({ roleName }, context) {
      const scope = scopeOf(context)
      await findRole(database.db, scope, roleName)
      const rows = await dependentsOf(database.db, scope, roleName)
      const book = await openRoleBook(database.db, scope.environment)
      return { roles: rows.map((row) => toRole(book, row.organization_id, row)) }
    },

    async getRoleUsersCount({ roleName }, context) {
      const row = await findRole(database.db, scopeOf(context), roleName)
      const holders = await membershipsWithRole(database.db, row)
      return { count: BigInt(new Set(holders.map(({ user_id }) => user_id)).size) }
    },

    async updateDefaultRoles(request, context) {
      const scope = scopeOf(context)
      return database.transaction(async (db) => {
        const nameOf = (role: roles.UpdateDefaultRole | undefined) => roleName(db, scope, role)
        const creator = request.defaultCreatorRole || (await nameOf(request.defaultCreator))
        const member = request.defaultMemberRole || (await nameOf(request.defaultMember))
        if (creator) await makeDefault(db, scope, 'default_creator', creator)
        if (member) await makeDefault(db, scope, 'default_member', member)
        const book = await openRoleBook(db, scope.environment)
        const defaultCreator = book.visible(null).find((row) => row.default_creator === 1)
        const defaultMember = book.visible(null).find((row) => row.default_member === 1)
        return {
          ...(defaultCreator && { defaultCreator: toRole(book, null, defaultCreator) }),
          ...(defaultMember && { defaultMember: toRole(book, null, defaultMember) }),
        }
      })
    },
  }
}

/** The name of a role that a request gives by its id. A name that it gives too must be that of the role. */
async function roleName(
  db: Kysely<Schema>,
  scope: RoleScope,
  role: roles.UpdateDefaultRole | undefined,
): Promise<string | undefined> {
  if (role === undefined) return undefined
  const row = await rolesIn(db, scope).select('name').where('id', '=', role.id).executeTakeFirst()
  if (row && (!role.name || role.name === row.name)) return row.name
  return noSuchRole(scope, `${role.id} ${role.name ?? ''}`.trim())
}

async function makeDefault(
  db: Kysely<Schema>,
  scope: RoleScope,
  column: 'default_creator' | 'default_member',
  name: string,
): Promise<void> {
  const row = await findRole(db, scope, name)
  const ids = rolesIn(db, scope).select('id')
  await db
    .updateTable('roles')
    .set({ [column]: 0 })
    .where('id', 'in', ids)
    .execute()
  await db
    .updateTable('roles')
    .set({ [column]: 1 })
    .where('id', '=', row.id)
    .execute()
}
