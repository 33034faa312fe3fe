import { type Kysely, sql } from 'kysely'
import type { Clock } from '../engine/clock.js'
import type { Database } from '../engine/database.js'
import type { Dialect } from '../engine/dialect.js'
import type { Schema } from '../engine/schema.js'
import { loadSeed } from './load.js'
import type { ParsedSeed } from './schema.js'

/** Keys stay: clients cache them. The steps of the schema stay too. */
const KEPT = ['signing_keys', 'schema_steps']
const SEEDED = 'seeded'

/** Replaces everything but the signing keys with a seed, in one transaction: others see the old or the new. */
export async function resetTo(database: Database, seed: ParsedSeed, clock: Clock): Promise<void> {
  await database.transaction(async (db) => {
    for (const table of await tables(db, database.dialect)) {
      if (!KEPT.includes(table)) await sql`delete from ${sql.table(table)}`.execute(db)
    }
    await loadSeed(db, seed, clock)
  })
}

/** Loads the seed if no process has done so before; of two that start at the same moment, one does. */
export async function seedOnce(database: Database, seed: ParsedSeed, clock: Clock): Promise<boolean> {
  return database.transaction(async (db) => {
    const inserted =
      await sql`insert into schema_steps (name) values (${SEEDED}) on conflict do nothing`.execute(db)
    if (inserted.numAffectedRows !== 1n) return false
    await loadSeed(db, seed, clock)
    return true
  })
}

/** Every table. Their order does not matter: foreign keys delete along. */
async function tables(db: Kysely<Schema>, dialect: Dialect): Promise<string[]> {
  const query =
    dialect === 'postgres'
      ? sql<{
          name: string
        }>`select table_name as name from information_schema.tables where table_schema = current_schema()`
      : sql<{
          name: string
        }>`select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`
  return (await query.execute(db)).rows.map((row) => row.name)
}
