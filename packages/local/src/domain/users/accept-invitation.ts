import type { Kysely } from 'kysely'
import type { Clock } from '../../storage/clock.js'
import type { MembershipRow, Schema } from '../../storage/schema.js'
import { acceptedData, noteMembership } from './membership-status.js'
import { membershipStatus } from './user-data.js'

/**
 * Makes an invited user a member, and notes the event. Returns whether the user belongs to the organization then: an invitation that has expired
 * accepts nothing, and one that another request accepted at the same moment counts.
 */
export async function acceptInvitation(
  db: Kysely<Schema>,
  clock: Clock,
  { organization, user }: { readonly organization: string; readonly user: string },
): Promise<boolean> {
  const now = clock.now()
  const membership = await membershipOf(db, organization, user)
  if (membership === undefined) return false
  const status = membershipStatus(membership, now)
  if (status !== 'PENDING_INVITE') return status === 'ACTIVE'
  const data = acceptedData(membership, now)
  const { numUpdatedRows } = await db
    .updateTable('memberships')
    .set({ status: 'ACTIVE', data, updated_at: now })
    .where('organization_id', '=', organization)
    .where('user_id', '=', user)
    .where('status', '=', 'PENDING_INVITE')
    .executeTakeFirst()
  if (numUpdatedRows > 0n) await noteMembership(db, clock, 'user.organization_membership_created', membership)
  return (await membershipOf(db, organization, user))?.status === 'ACTIVE'
}

function membershipOf(
  db: Kysely<Schema>,
  organization: string,
  user: string,
): Promise<MembershipRow | undefined> {
  return db
    .selectFrom('memberships')
    .selectAll()
    .where('organization_id', '=', organization)
    .where('user_id', '=', user)
    .executeTakeFirst()
}
