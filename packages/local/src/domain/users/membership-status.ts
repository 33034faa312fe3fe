import type { Kysely } from 'kysely'
import type { Clock } from '../../storage/clock.js'
import type { MembershipRow, Schema } from '../../storage/schema.js'
import { endDependents } from '../sessions/end.js'
import { membershipData } from './user-data.js'

type Db = Kysely<Schema>

/** Makes a membership active again, or accepts the invitation that it waits with. */
export async function activateMembership(db: Db, clock: Clock, row: MembershipRow): Promise<void> {
  if (row.status === 'ACTIVE') return
  const data = { ...membershipData(row), accepted_at: clock.now() }
  await save(db, clock, row, { status: 'ACTIVE', data: JSON.stringify(data) })
}

/**
 * Suspends a membership. Sessions that were used for the organization end at once, with every token; the user's API
 * tokens for it are deleted.
 */
export async function deactivateMembership(db: Db, clock: Clock, row: MembershipRow): Promise<void> {
  if (row.status === 'INACTIVE') return
  await save(db, clock, row, { status: 'INACTIVE' })
  await endDependents(db, clock, `membership:${row.organization_id}/${row.user_id}`)
  await db
    .deleteFrom('api_tokens')
    .where('organization_id', '=', row.organization_id)
    .where('user_id', '=', row.user_id)
    .execute()
}

/** Makes these the roles of a membership, and no others. */
export async function setMembershipRoles(
  db: Db,
  clock: Clock,
  row: MembershipRow,
  names: readonly string[],
): Promise<void> {
  await save(db, clock, row, { roles: JSON.stringify(names) })
}

async function save(db: Db, clock: Clock, row: MembershipRow, changes: Partial<MembershipRow>) {
  await db
    .updateTable('memberships')
    .set({ ...changes, updated_at: clock.now() })
    .where('organization_id', '=', row.organization_id)
    .where('user_id', '=', row.user_id)
    .execute()
}
