import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { Schema } from './schema.js'

/** Rows in one INSERT. A statement has at most 32,766 values in SQLite, and a table at most 12 columns. */
const ROWS_AT_ONCE = 250

/** Inserts any number of rows, in batches. Other requests are answered in between. */
export async function insertRows<T extends keyof Schema>(
  db: Kysely<Schema>,
  table: T,
  rows: readonly Schema[T][],
): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const batch: readonly Schema[keyof Schema][] = rows.slice(start, start + ROWS_AT_ONCE)
    await db.insertInto<keyof Schema>(table).values(batch).execute()
    await nextTurn()
  }
}
