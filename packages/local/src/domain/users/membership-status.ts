import type { Kysely } from 'kysely'
import type { Clock } from '../../storage/clock.js'
import type { MembershipRow, Schema } from '../../storage/schema.js'
import { noteUserEvent, type UserEventType } from '../events/user-event.js'
import { endDependents } from '../sessions/end.js'
import { type MembershipData, membershipData, provisioningMethod } from './user-data.js'

type Db = Kysely<Schema>

/** Makes a membership active again, or accepts the invitation that it waits with: for applications, the user joins. */
export async function activateMembership(db: Db, clock: Clock, row: MembershipRow): Promise<void> {
  if (row.status === 'ACTIVE') return
  await save(db, clock, row, { status: 'ACTIVE', data: acceptedData(row, clock.now()) })
  await noteMembership(db, clock, 'user.organization_membership_created', row)
}

/** The data of a membership that its user has accepted. How it came about stays. */
export function acceptedData(row: MembershipRow, accepted_at: number): string {
  const data = { ...membershipData(row), provisioning_method: provisioningMethod(row), accepted_at }
  return JSON.stringify(data)
}

/**
 * Suspends a membership: for applications, the user leaves. Sessions that were used for the organization end at once,
 * with every token; the user's API tokens for it are deleted.
 */
export async function deactivateMembership(db: Db, clock: Clock, row: MembershipRow): Promise<void> {
  if (row.status === 'INACTIVE') return
  await save(db, clock, row, { status: 'INACTIVE' })
  await noteMembership(db, clock, 'user.organization_membership_deleted', row)
  await endDependents(db, clock, `membership:${row.organization_id}/${row.user_id}`)
  await db
    .deleteFrom('api_tokens')
    .where('organization_id', '=', row.organization_id)
    .where('user_id', '=', row.user_id)
    .execute()
}

/** Gives a membership these roles, and no others, and this metadata. Returns it as it is then. */
export async function updateMembership(
  db: Db,
  clock: Clock,
  row: MembershipRow,
  { roles, metadata }: { roles?: readonly string[]; metadata?: MembershipData['metadata'] },
): Promise<MembershipRow> {
  const updated = await save(db, clock, row, {
    ...(roles && { roles: JSON.stringify(roles) }),
    ...(metadata && { data: JSON.stringify({ ...membershipData(row), metadata }) }),
  })
  await noteMembership(db, clock, 'user.organization_membership_updated', row)
  return updated
}

/** Notes which directory a membership belongs to: it ends with it. */
export async function setDirectory(db: Db, row: MembershipRow, directory: string): Promise<void> {
  const data = JSON.stringify({ ...membershipData(row), directory_id: directory })
  await db
    .updateTable('memberships')
    .set({ data })
    .where('organization_id', '=', row.organization_id)
    .where('user_id', '=', row.user_id)
    .execute()
}

/** Notes what has become of a membership, for applications. */
export async function noteMembership(
  db: Db,
  clock: Clock,
  type: UserEventType,
  { organization_id: organization, user_id: user }: Pick<MembershipRow, 'organization_id' | 'user_id'>,
): Promise<void> {
  const { environment_id } = await db
    .selectFrom('organizations')
    .select('environment_id')
    .where('id', '=', organization)
    .executeTakeFirstOrThrow()
  await noteUserEvent(db, clock, type, environment_id, { user, organization })
}

async function save(
  db: Db,
  clock: Clock,
  row: MembershipRow,
  changes: Partial<MembershipRow>,
): Promise<MembershipRow> {
  const changed = { ...changes, updated_at: clock.now() }
  await db
    .updateTable('memberships')
    .set(changed)
    .where('organization_id', '=', row.organization_id)
    .where('user_id', '=', row.user_id)
    .execute()
  return { ...row, ...changed }
}
