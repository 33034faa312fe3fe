import { type Kysely, sql } from 'kysely'
import type { Clock } from '../storage/clock.js'
import type { Database } from '../storage/database.js'
import { LocalError } from '../storage/local-error.js'
import type { Schema } from '../storage/schema.js'
import { DATA_TABLES } from '../storage/tables.js'
import { loadSeed } from './load.js'
import type { ParsedSeed } from './schema.js'

const SEEDED = 'seeded'

/**
 * Replaces all data with a seed, in one transaction: others see the old or the new. Signing keys stay, because
 * clients cache them, and so do snapshots.
 */
export async function resetTo(database: Database, seed: ParsedSeed, clock: Clock): Promise<void> {
  await inOneGo(database, async (db) => {
    for (const table of DATA_TABLES) await db.deleteFrom(table).execute()
    await loadSeed(db, seed, clock)
  })
}

/** Loads the seed if no process has done so before; of two that start at the same moment, one does. */
export async function seedOnce(database: Database, seed: ParsedSeed, clock: Clock): Promise<boolean> {
  return inOneGo(database, async (db) => {
    const inserted =
      await sql`insert into schema_steps (name) values (${SEEDED}) on conflict do nothing`.execute(db)
    if (inserted.numAffectedRows !== 1n) return false
    await loadSeed(db, seed, clock)
    return true
  })
}

/** A transaction in which a row that another row of the seed rules out is the seed's fault. */
async function inOneGo<T>(database: Database, work: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
  try {
    return await database.transaction(work)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    // SQLite names its constraints; PostgreSQL's class 23 is the violation of one.
    if (!code.startsWith('SQLITE_CONSTRAINT') && !/^23\d{3}$/.test(code)) throw cause
    const message = 'An id or name is there twice, or something refers to what is not there'
    throw new LocalError('seed_invalid', `${message}: ${(cause as Error).message}`, { cause })
  }
}
