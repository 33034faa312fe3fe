import type { HandlerContext, ServiceImpl } from '@connectrpc/connect'
import type { RolesService } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import type { Schema } from '../engine/schema.js'
import { required } from './identity.js'
import { membershipsWithRole } from './membership-roles.js'
import { editOrganizationData, findOrganization } from './organization-data.js'
import { environmentOf } from './request-context.js'
import { createRole, deleteRole, removeBase, updateRole } from './role-changes.js'
import { findRole, type RoleScope, visibleRoles } from './role-data.js'
import { includeOf, toRole, toRoles } from './role-message.js'
import type { Store } from './store.js'

/** The roles of an organization: its own, and for reading those of its environment too. */
export function organizationRoleHandlers(store: Store): Partial<ServiceImpl<typeof RolesService>> {
  const { database, clock } = store
  return {
    async createOrganizationRole({ orgId, role }, context) {
      return database.transaction(async (db) => {
        const scope = await scopeOf(db, context, orgId)
        const row = await createRole(db, scope, clock.now(), required(role, 'role'))
        return { role: await toRole(db, scope, row, 'permissions') }
      })
    },

    async getOrganizationRole({ orgId, roleName, include }, context) {
      const scope = await scopeOf(database.db, context, orgId)
      const row = await findVisible(database.db, scope, roleName)
      return { role: await toRole(database.db, scope, row, includeOf(include)) }
    },

    async listOrganizationRoles({ orgId, include }, context) {
      const scope = await scopeOf(database.db, context, orgId)
      const rows = await visibleRoles(database.db, scope)
      return { roles: await toRoles(database.db, scope, rows, includeOf(include)) }
    },

    async updateOrganizationRole({ orgId, roleName, role }, context) {
      return database.transaction(async (db) => {
        const scope = await scopeOf(db, context, orgId)
        const row = await updateRole(db, scope, clock.now(), { ...required(role, 'role'), name: roleName })
        return { role: await toRole(db, scope, row, 'permissions') }
      })
    },

    async deleteOrganizationRole({ orgId, roleName, reassignRoleName }, context) {
      await database.transaction(async (db) => {
        const scope = await scopeOf(db, context, orgId)
        await deleteRole(db, scope, roleName, reassignRoleName || undefined)
      })
      return {}
    },

    async deleteOrganizationRoleBase({ orgId, roleName }, context) {
      await database.transaction(async (db) => {
        const scope = await scopeOf(db, context, orgId)
        await removeBase(db, scope, clock.now(), roleName)
      })
      return {}
    },

    async getOrganizationRoleUsersCount({ orgId, roleName }, context) {
      const scope = await scopeOf(database.db, context, orgId)
      const row = await findVisible(database.db, scope, roleName)
      const holders = await membershipsWithRole(database.db, row)
      return { count: BigInt(holders.filter(({ organization_id }) => organization_id === orgId).length) }
    },

    async updateDefaultOrganizationRoles({ orgId, defaultMemberRole }, context) {
      const scope = await scopeOf(database.db, context, orgId)
      const row = await findVisible(database.db, scope, defaultMemberRole)
      await editOrganizationData(store, scope.environment, orgId, (data) => {
        data.default_member_role = row.name
      })
      return { defaultMember: { ...(await toRole(database.db, scope, row, '')), defaultMember: true } }
    },
  }
}

async function scopeOf(db: Kysely<Schema>, context: HandlerContext, orgId: string): Promise<RoleScope> {
  const environment = environmentOf(context)
  const { id } = await findOrganization(db, environment, { id: orgId })
  return { environment, organization: id }
}

async function findVisible(db: Kysely<Schema>, scope: RoleScope, name: string) {
  const row = (await visibleRoles(db, scope)).find((role) => role.name === name)
  return row ?? findRole(db, scope, name)
}
