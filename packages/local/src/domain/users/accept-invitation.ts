import type { Kysely } from 'kysely'
import type { MembershipRow, Schema } from '../../storage/schema.js'
import { MembershipData, membershipData, membershipStatus } from './user-data.js'

/**
 * Makes an invited user a member. Whether the user belongs to the organization then: an invitation that has expired
 * accepts nothing, and one that another request accepted at the same moment counts.
 */
export async function acceptInvitation(
  db: Kysely<Schema>,
  now: number,
  { organization, user }: { readonly organization: string; readonly user: string },
): Promise<boolean> {
  const membership = await membershipOf(db, organization, user)
  if (membership === undefined) return false
  const status = membershipStatus(membership, now)
  if (status !== 'PENDING_INVITE') return status === 'ACTIVE'
  const data = JSON.stringify(MembershipData.parse({ ...membershipData(membership), accepted_at: now }))
  await db
    .updateTable('memberships')
    .set({ status: 'ACTIVE', data, updated_at: now })
    .where('organization_id', '=', organization)
    .where('user_id', '=', user)
    .where('status', '=', 'PENDING_INVITE')
    .execute()
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
