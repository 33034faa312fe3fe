import type { HandlerContext, ServiceImpl } from '@connectrpc/connect'
import type { RolesService } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { editOrganizationData, findOrganization } from '../../../domain/organizations/organization-data.js'
import { isDefaultForMembers } from '../../../domain/roles/default-member-role.js'
import { membershipsWithRole } from '../../../domain/roles/membership-roles.js'
import { openRoleBook, type RoleBook } from '../../../domain/roles/role-book.js'
import { createRole, deleteRole, removeBase, updateRole } from '../../../domain/roles/role-changes.js'
import { noSuchRole } from '../../../domain/roles/role-data.js'
import type { Store } from '../../../domain/store.js'
import type { OrganizationRow, RoleRow, Schema } from '../../../storage/schema.js'
import { required } from '../../identity.js'
import { toRole } from '../../messages/role-message.js'
import { environmentOf } from '../../request-context.js'

/** The roles of an organization: its own, and for reading those of its environment too. */
export function organizationRoleHandlers(store: Store): Partial<ServiceImpl<typeof RolesService>> {
  const { database, clock } = store
  return {
    async createOrganizationRole({ orgId, role }, context) {
      return database.transaction(async (db) => {
        const scope = await scopeOf(db, context, orgId)
        const row = await createRole(db, scope, clock.now(), required(role, 'role'))
        return { role: toRole(await openRoleBook(db, scope.environment), orgId, row, 'permissions') }
      })
    },

    async getOrganizationRole({ orgId, roleName, include }, context) {
      const { organization, book, row } = await findVisible(database.db, context, orgId, roleName)
      return { role: toOrganizationRole(organization, book, row, include) }
    },

    async listOrganizationRoles({ orgId, include }, context) {
      const environment = environmentOf(context)
      const organization = await findOrganization(database.db, environment, { id: orgId })
      const book = await openRoleBook(database.db, environment)
      return {
        roles: book.visible(orgId).map((row) => toOrganizationRole(organization, book, row, include)),
      }
    },

    async updateOrganizationRole({ orgId, roleName, role }, context) {
      return database.transaction(async (db) => {
        const scope = await scopeOf(db, context, orgId)
        const row = await updateRole(db, scope, clock.now(), { ...required(role, 'role'), name: roleName })
        return { role: toRole(await openRoleBook(db, scope.environment), orgId, row, 'permissions') }
      })
    },

    async deleteOrganizationRole({ orgId, roleName, reassignRoleName }, context) {
      await database.transaction(async (db) => {
        const scope = await scopeOf(db, context, orgId)
        await deleteRole(db, clock, scope, roleName, reassignRoleName || undefined)
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
      const { row } = await findVisible(database.db, context, orgId, roleName)
      const holders = await membershipsWithRole(database.db, row)
      return { count: BigInt(holders.filter(({ organization_id }) => organization_id === orgId).length) }
    },

    async updateDefaultOrganizationRoles({ orgId, defaultMemberRole }, context) {
      const { book, row } = await findVisible(database.db, context, orgId, defaultMemberRole)
      await editOrganizationData(store, environmentOf(context), orgId, (data) => {
        data.default_member_role = row.name
      })
      return { defaultMember: { ...toRole(book, orgId, row), defaultMember: true } }
    },
  }
}

async function scopeOf(db: Kysely<Schema>, context: HandlerContext, orgId: string) {
  const environment = environmentOf(context)
  const { id } = await findOrganization(db, environment, { id: orgId })
  return { environment, organization: id }
}

async function findVisible(
  db: Kysely<Schema>,
  context: HandlerContext,
  orgId: string,
  name: string,
): Promise<{ organization: OrganizationRow; book: RoleBook; row: RoleRow }> {
  const environment = environmentOf(context)
  const organization = await findOrganization(db, environment, { id: orgId })
  const book = await openRoleBook(db, environment)
  const row = book.visible(orgId).find((role) => role.name === name)
  return { organization, book, row: row ?? noSuchRole({ environment, organization: orgId }, name) }
}

function toOrganizationRole(
  organization: OrganizationRow,
  book: RoleBook,
  row: RoleRow,
  include: string | undefined,
) {
  return {
    ...toRole(book, organization.id, row, include),
    defaultMember: isDefaultForMembers(organization, row),
  }
}
