import type { Clock } from './clock.js'
import type { Database } from './database.js'

/** Deletes what has expired and is no longer asked for. */
export async function sweepExpired({ db }: Database, clock: Clock): Promise<void> {
  const now = clock.now()
  await db.deleteFrom('oidc_records').where('expires_at', '<', now).execute()
  await db.deleteFrom('issued_tokens').where('expires_at', '<', now).execute()
  await db.deleteFrom('revoked_tokens').where('expires_at', '<', now).execute()
  await db.deleteFrom('used_assertions').where('expires_at', '<', now).execute()
}
