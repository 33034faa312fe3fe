import type { Kysely } from 'kysely'
import type { Clock } from '../../storage/clock.js'
import type { Schema } from '../../storage/schema.js'
import { hashSecret } from '../../storage/secret-hash.js'
import type { DataStore } from '../store.js'
import type { Cause } from './dependents.js'
import { expiredSessions, type LiveSession, liveSessions } from './live-sessions.js'
import { noteEnding } from './session-endings.js'
import { activeMemberships, type SessionEnd, type SessionView, viewOf } from './session-view.js'

type Db = Kysely<Schema>

/** Ends a session, with every grant, code and token that came from it, at whichever authorization server. */
export async function endSession(
  db: Db,
  clock: Clock,
  session: LiveSession,
  status: SessionEnd,
): Promise<SessionView> {
  const { realm, id, uid } = session
  const memberships = await activeMemberships(db, realm)
  const ended_at = status === 'expired' ? (session.expiresAt ?? clock.now()) : clock.now()
  const view: SessionView = { ...viewOf(session, memberships), status, ended_at }
  await remember(db, realm, view)
  await noteEnding(db, clock, realm, view)
  await db
    .deleteFrom('oidc_records')
    .where('realm', '=', realm)
    .where('model', '=', 'Session')
    .where('uid', '=', uid)
    .execute()
  for (const grant of session.grants) await endGrant(db, clock, grant)
  await endDependents(db, clock, `session:${id}`)
  await db.deleteFrom('dependents').where('kind', '=', 'session').where('id', '=', id).execute()
  await db.deleteFrom('sessions').where('id', '=', id).execute()
  return view
}

/** Ends the sessions that have timed out, and forgets those that nobody signed in with. */
export async function endExpired({ database, clock }: DataStore): Promise<void> {
  if ((await countExpired(database.db, clock)) === 0) return
  await database.transaction(async (db) => {
    for (const session of await expiredSessions(db, clock)) await endSession(db, clock, session, 'expired')
    await db
      .deleteFrom('oidc_records')
      .where('model', '=', 'Session')
      .where('expires_at', '<=', clock.now())
      .execute()
  })
}

async function countExpired(db: Db, clock: Clock): Promise<number> {
  const { expired } = await db
    .selectFrom('oidc_records')
    .select(({ fn }) => fn.countAll().as('expired'))
    .where('model', '=', 'Session')
    .where('expires_at', '<=', clock.now())
    .executeTakeFirstOrThrow()
  return Number(expired)
}

/** Ends what a person allowed a client: the grant, its codes and refresh tokens, and every token that came from it. */
export async function endGrant(db: Db, clock: Clock, grant: string): Promise<void> {
  // An interaction names the grant of the session that it began in, and may go on as somebody else.
  await db
    .deleteFrom('oidc_records')
    .where('grant_id', '=', grant)
    .where('model', '!=', 'Interaction')
    .execute()
  await db
    .deleteFrom('oidc_records')
    .where('id_hash', '=', hashSecret(grant))
    .where('model', '=', 'Grant')
    .execute()
  await endDependents(db, clock, `grant:${grant}`)
}

/** Ends every token, grant and session that depends on something which ends. */
export async function endDependents(db: Db, clock: Clock, cause: Cause): Promise<void> {
  const found = await db.selectFrom('dependents').selectAll().where('depends_on', '=', cause).execute()
  await db
    .insertInto('revoked_tokens')
    .columns(['realm', 'jti', 'expires_at'])
    .expression((from) =>
      from
        .selectFrom('dependents')
        .select(['realm', 'id', 'expires_at'])
        .where('depends_on', '=', cause)
        .where('kind', '=', 'token'),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await db.deleteFrom('dependents').where('depends_on', '=', cause).where('kind', '!=', 'token').execute()
  for (const { kind, id, realm } of found) {
    if (kind === 'grant') await endGrant(db, clock, id)
    if (kind === 'session') await endSessionById(db, clock, realm, id)
  }
}

async function endSessionById(db: Db, clock: Clock, realm: string, id: string): Promise<void> {
  const session = (await liveSessions(db, clock, realm)).find((one) => one.id === id)
  if (session !== undefined) await endSession(db, clock, session, 'revoked')
}

/** The workspace has no list of sessions, and neither has a user who is gone. */
async function remember(db: Db, realm: string, view: SessionView): Promise<void> {
  const user = await db.selectFrom('users').select('id').where('id', '=', view.user_id).executeTakeFirst()
  if (user === undefined) return
  const { id, user_id, created_at, ended_at = created_at } = view
  await db
    .insertInto('ended_sessions')
    .values({
      ...{ id, environment_id: realm, user_id, data: JSON.stringify(view) },
      ...{ created_at, updated_at: ended_at },
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
