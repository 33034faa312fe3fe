import { Code, type HandlerContext, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type UserService } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import type { MembershipRow, OrganizationRow, Schema } from '../engine/schema.js'
import { roleNames } from './membership-changes.js'
import { membershipRoles } from './membership-roles.js'
import { findOrganization } from './organization-data.js'
import { environmentOf } from './request-context.js'
import { effectivePermissions, visibleRoles } from './role-data.js'
import type { Store } from './store.js'
import { findMembership, findUser } from './user-data.js'
import { heldRoles, toRoleReference } from './user-message.js'

/** The roles and permissions that a user has in an organization. */
export function userRoleHandlers({ database, clock }: Store): Partial<ServiceImpl<typeof UserService>> {
  return {
    async listUserRoles(request, context) {
      const { db } = database
      return { roles: (await held(db, await membershipOf(db, context, request))).map(toRoleReference) }
    },

    async listUserPermissions(request, context) {
      const { db } = database
      const at = await membershipOf(db, context, request)
      const permissions = await effectivePermissions(
        db,
        await held(db, at),
        await visible(db, at.organization),
      )
      return { permissions: permissions.map(({ id, name, description }) => ({ id, name, description })) }
    },

    async assignUserRoles(request, context) {
      return database.transaction(async (db) => {
        const at = await membershipOf(db, context, request)
        const wanted = request.roles.map(({ id, roleName }) => ({ id, name: roleName }))
        const added = await roleNames(db, at.organization, wanted)
        const roles = [...new Set([...membershipRoles(at.membership), ...added])]
        return { roles: (await held(db, await setRoles(db, at, roles))).map(toRoleReference) }
      })
    },

    async removeUserRole(request, context) {
      await database.transaction(async (db) => {
        const at = await membershipOf(db, context, request)
        const roles = membershipRoles(at.membership)
        if (!roles.includes(request.roleName)) {
          throw apiError(Code.NotFound, `The user does not have the role ${request.roleName}`)
        }
        await setRoles(
          db,
          at,
          roles.filter((name) => name !== request.roleName),
        )
      })
      return {}
    },
  }

  async function setRoles(db: Kysely<Schema>, at: Place, names: readonly string[]): Promise<Place> {
    const roles = JSON.stringify(names)
    await db
      .updateTable('memberships')
      .set({ roles, updated_at: clock.now() })
      .where('organization_id', '=', at.organization.id)
      .where('user_id', '=', at.membership.user_id)
      .execute()
    return { ...at, membership: { ...at.membership, roles } }
  }
}

interface Place {
  readonly organization: OrganizationRow
  readonly membership: MembershipRow
}

async function membershipOf(
  db: Kysely<Schema>,
  context: HandlerContext,
  { organizationId, userId }: { organizationId: string; userId: string },
): Promise<Place> {
  const environment = environmentOf(context)
  const organization = await findOrganization(db, environment, { id: organizationId })
  const user = await findUser(db, environment, { id: userId })
  return { organization, membership: await findMembership(db, organization.id, user.id) }
}

function visible(db: Kysely<Schema>, { environment_id, id }: OrganizationRow) {
  return visibleRoles(db, { environment: environment_id, organization: id })
}

async function held(db: Kysely<Schema>, { organization, membership }: Place) {
  return heldRoles(membership, await visible(db, organization))
}
