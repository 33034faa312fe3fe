import type { Clock } from './clock.js'
import type { Database } from './database.js'

const DAY_MS = 24 * 3600_000

/** How long the past can be looked up: attempts to sign in, sessions that ended, events and changes. */
export const HISTORY_DAYS = 90

/** Deletes what has expired and is no longer asked for, and what is older than the history. */
export async function sweepExpired({ db }: Database, clock: Clock): Promise<void> {
  const now = clock.now()
  const past = now - HISTORY_DAYS * DAY_MS
  await db.deleteFrom('oidc_records').where('expires_at', '<', now).where('model', '!=', 'Session').execute()
  // For a day, a link says that it has expired, and the session of a portal lasts that it opened.
  for (const table of ['links', 'passwordless_requests'] as const)
    await db
      .deleteFrom(table)
      .where('expires_at', '<', now - DAY_MS)
      .execute()
  await db.deleteFrom('auth_requests').where('created_at', '<', past).execute()
  await db.deleteFrom('ended_sessions').where('updated_at', '<', past).execute()
  await db.deleteFrom('tool_calls').where('created_at', '<', past).execute()
  await db.deleteFrom('events').where('created_at', '<', past).execute()
  await db.deleteFrom('changes').where('created_at', '<', past).execute()
  await db.deleteFrom('dependents').where('expires_at', '<', now).execute()
  await db.deleteFrom('issued_tokens').where('expires_at', '<', now).execute()
  await db.deleteFrom('revoked_tokens').where('expires_at', '<', now).execute()
  await db.deleteFrom('token_claims').where('expires_at', '<', now).execute()
  // A window of attempts is a quarter of an hour; the addresses in it may be anybody's.
  await db
    .deleteFrom('password_attempts')
    .where('since', '<', now - DAY_MS)
    .execute()
  await db.deleteFrom('used_assertions').where('expires_at', '<', now).execute()
}
