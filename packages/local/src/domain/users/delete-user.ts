import type { Kysely } from 'kysely'
import type { Clock } from '../../storage/clock.js'
import type { MembershipRow, Schema } from '../../storage/schema.js'
import { endDependents, endSession } from '../sessions/end.js'
import { liveSessions } from '../sessions/live-sessions.js'
import { noteMembership } from './membership-status.js'

type Db = Kysely<Schema>

/** Deletes a user of an environment, with every session, consent and token. */
export async function deleteUser(db: Db, clock: Clock, environment: string, user: string): Promise<void> {
  await noteDepartures(db, clock, 'user_id', user)
  await endAccess(db, clock, environment, user)
  await db.deleteFrom('users').where('id', '=', user).execute()
}

/** Deletes a member of the workspace, with every session, consent and token. */
export async function deleteMember(db: Db, clock: Clock, member: string): Promise<void> {
  await endAccess(db, clock, 'workspace', member)
  await db.deleteFrom('members').where('id', '=', member).execute()
}

/**
 * Removes a user from an organization. Sessions that were used for it end; the user's API tokens for it too. A user
 * who is left without any organization is deleted.
 */
export async function deleteMembership(
  db: Db,
  clock: Clock,
  organization: string,
  user: string,
): Promise<void> {
  await noteMembership(db, clock, 'user.organization_membership_deleted', {
    organization_id: organization,
    user_id: user,
  })
  await endDependents(db, clock, `membership:${organization}/${user}`)
  for (const table of ['api_tokens', 'memberships'] as const)
    await db
      .deleteFrom(table)
      .where('organization_id', '=', organization)
      .where('user_id', '=', user)
      .execute()
  await deleteUsersWithoutOrganization(db, clock, [user])
}

/**
 * Deletes an organization. Sessions that were used for it end, and the tokens of its clients. Users who were only in
 * this organization are deleted.
 */
export async function deleteOrganization(db: Db, clock: Clock, organization: string): Promise<void> {
  const members = await noteDepartures(db, clock, 'organization_id', organization)
  const machines = await db
    .selectFrom('m2m_clients')
    .select('id')
    .where('organization_id', '=', organization)
    .execute()
  for (const { id } of machines) await endDependents(db, clock, `client:${id}`)
  await endDependents(db, clock, `organization:${organization}`)
  await db.deleteFrom('organizations').where('id', '=', organization).execute()
  await deleteUsersWithoutOrganization(
    db,
    clock,
    members.map(({ user_id }) => user_id),
  )
}

/** Notes that the users of all memberships of a user or an organization leave. Returns these memberships. */
async function noteDepartures(
  db: Db,
  clock: Clock,
  column: 'user_id' | 'organization_id',
  id: string,
): Promise<Pick<MembershipRow, 'organization_id' | 'user_id'>[]> {
  const memberships = await db
    .selectFrom('memberships')
    .select(['organization_id', 'user_id'])
    .where(column, '=', id)
    .orderBy('created_at')
    .execute()
  for (const membership of memberships)
    await noteMembership(db, clock, 'user.organization_membership_deleted', membership)
  return memberships
}

async function deleteUsersWithoutOrganization(db: Db, clock: Clock, users: readonly string[]): Promise<void> {
  if (users.length === 0) return
  const alone = await db
    .selectFrom('users')
    .select(['id', 'environment_id'])
    .where('id', 'in', users)
    .where('id', 'not in', db.selectFrom('memberships').select('user_id'))
    .execute()
  for (const { id, environment_id } of alone) await deleteUser(db, clock, environment_id, id)
}

async function endAccess(db: Db, clock: Clock, realm: string, person: string): Promise<void> {
  const sessions = await liveSessions(db, clock, realm)
  for (const session of sessions.filter(({ userId }) => userId === person))
    await endSession(db, clock, session, 'revoked')
  await endDependents(db, clock, `user:${person}`)
}
