import { Code, type HandlerContext, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type UserService } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { findOrganization } from '../../../domain/organizations/organization-data.js'
import { heldRoles } from '../../../domain/roles/membership-rights.js'
import { membershipRoles } from '../../../domain/roles/membership-roles.js'
import { openRoleBook } from '../../../domain/roles/role-book.js'
import type { Store } from '../../../domain/store.js'
import { roleNames } from '../../../domain/users/membership-changes.js'
import { updateMembership } from '../../../domain/users/membership-status.js'
import { findMembership, findUser } from '../../../domain/users/user-data.js'
import type { Schema } from '../../../storage/schema.js'
import { toRoleReference } from '../../messages/role-message.js'
import { environmentOf } from '../../request-context.js'

/** The roles and permissions that a user has in an organization. */
export function userRoleHandlers({ database, clock }: Store): Partial<ServiceImpl<typeof UserService>> {
  return {
    async listUserRoles(request, context) {
      const { book, membership } = await read(database.db, context, request)
      return { roles: heldRoles(book, membership).map(toRoleReference) }
    },

    async listUserPermissions(request, context) {
      const { book, membership } = await read(database.db, context, request)
      const permissions = book.effective(heldRoles(book, membership), membership.organization_id)
      return { permissions: permissions.map(({ id, name, description }) => ({ id, name, description })) }
    },

    async assignUserRoles(request, context) {
      return database.transaction(async (db) => {
        const { book, organization, membership } = await read(db, context, request)
        const wanted = request.roles.map(({ id, roleName }) => ({ id, name: roleName }))
        const added = await roleNames(db, organization, wanted)
        const roles = [...new Set([...membershipRoles(membership), ...added])]
        const updated = await updateMembership(db, clock, membership, { roles })
        return { roles: heldRoles(book, updated).map(toRoleReference) }
      })
    },

    async removeUserRole(request, context) {
      await database.transaction(async (db) => {
        const { membership } = await read(db, context, request)
        const roles = membershipRoles(membership)
        if (!roles.includes(request.roleName)) {
          throw apiError(Code.NotFound, `The user does not have the role ${request.roleName}`)
        }
        const others = roles.filter((name) => name !== request.roleName)
        await updateMembership(db, clock, membership, { roles: others })
      })
      return {}
    },
  }
}

async function read(
  db: Kysely<Schema>,
  context: HandlerContext,
  { organizationId, userId }: { organizationId: string; userId: string },
) {
  const environment = environmentOf(context)
  const organization = await findOrganization(db, environment, { id: organizationId })
  const user = await findUser(db, environment, { id: userId })
  const membership = await findMembership(db, organization.id, user.id)
  return { organization, membership, book: await openRoleBook(db, environment) }
}
