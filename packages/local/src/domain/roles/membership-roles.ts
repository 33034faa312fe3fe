import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { MembershipRow, RoleRow, Schema } from '../../storage/schema.js'

const RoleNames = z.array(z.string())

/** The names of the roles that a membership holds. */
export function membershipRoles(row: Pick<MembershipRow, 'roles'>): string[] {
  return RoleNames.parse(JSON.parse(row.roles))
}

/**
 * The memberships that hold a role. A role of the environment is not held where the organization has a
 * role of its own with that name.
 */
export async function membershipsWithRole(db: Kysely<Schema>, role: RoleRow): Promise<MembershipRow[]> {
  const query = db
    .selectFrom('memberships')
    .innerJoin('organizations', 'organizations.id', 'memberships.organization_id')
    .selectAll('memberships')
    .where('organizations.environment_id', '=', role.environment_id)
  const own = db.selectFrom('roles').select('roles.organization_id').where('roles.name', '=', role.name)
  const rows = await (role.organization_id === null
    ? query.where('memberships.organization_id', 'not in', own.where('roles.organization_id', 'is not', null))
    : query.where('memberships.organization_id', '=', role.organization_id)
  ).execute()
  return rows.filter((row) => membershipRoles(row).includes(role.name))
}
