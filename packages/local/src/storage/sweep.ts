import type { Clock } from './clock.js'
import type { Database } from './database.js'

const DAY_MS = 24 * 3600_000

/** Deletes what has expired and is no longer asked for. */
export async function sweepExpired({ db }: Database, clock: Clock): Promise<void> {
  const now = clock.now()
  await db.deleteFrom('oidc_records').where('expires_at', '<', now).execute()
  await db.deleteFrom('dependents').where('expires_at', '<', now).execute()
  await db.deleteFrom('issued_tokens').where('expires_at', '<', now).execute()
  await db.deleteFrom('revoked_tokens').where('expires_at', '<', now).execute()
  // A window of attempts is a quarter of an hour; the addresses in it may be anybody's.
  await db
    .deleteFrom('password_attempts')
    .where('since', '<', now - DAY_MS)
    .execute()
  await db.deleteFrom('used_assertions').where('expires_at', '<', now).execute()
}
