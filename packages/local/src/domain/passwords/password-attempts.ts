import { sql } from 'kysely'
import { hashSecret } from '../../storage/secret-hash.js'
import type { DataStore } from '../store.js'

const ATTEMPTS = 5
const WINDOW_MS = 15 * 60_000

/**
 * Counts an attempt, before it is made, and says whether it may be: five in a quarter of an hour, whether there is
 * such a person or not. One statement counts, so that attempts at the same moment count too.
 */
export async function mayAttempt(
  { database: { db }, clock }: DataStore,
  environment: string,
  subject: string,
): Promise<boolean> {
  const now = clock.now()
  const row = { environment_id: environment, subject_hash: hashSecret(subject.toLowerCase()) }
  const ended = sql<boolean>`password_attempts.since <= ${now - WINDOW_MS}`
  const { attempts } = await db
    .insertInto('password_attempts')
    .values({ ...row, attempts: 1, since: now })
    .onConflict((conflict) =>
      conflict.columns(['environment_id', 'subject_hash']).doUpdateSet({
        attempts: sql<number>`case when ${ended} then 1 else password_attempts.attempts + 1 end`,
        since: sql<number>`case when ${ended} then ${now} else password_attempts.since end`,
      }),
    )
    .returning('attempts')
    .executeTakeFirstOrThrow()
  return attempts <= ATTEMPTS
}

/** Forgets the attempts of somebody who has proven who they are. */
export async function forgetAttempts(
  { database: { db } }: DataStore,
  environment: string,
  subject: string,
): Promise<void> {
  await db
    .deleteFrom('password_attempts')
    .where('environment_id', '=', environment)
    .where('subject_hash', '=', hashSecret(subject.toLowerCase()))
    .execute()
}
