import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import type { Schema } from './schema.js'

const ROWS_AT_ONCE = 1_000

/** Reads a whole table in the order of its primary key, in slices. Other requests are answered in between. */
export async function readRows<T extends keyof Schema>(
  db: Kysely<Schema>,
  table: T,
  key: readonly (keyof Schema[T] & string)[],
): Promise<Schema[T][]> {
  const columns = sql.join(key.map((column) => sql.ref(column)))
  const rows: Schema[T][] = []
  let last: Schema[T] | undefined
  do {
    const from = last
    const after =
      from === undefined ? sql`` : sql`where (${columns}) > (${sql.join(key.map((column) => from[column]))})`
    const slice = await sql<
      Schema[T]
    >`select * from ${sql.table(table)} ${after} order by ${columns} limit ${sql.lit(ROWS_AT_ONCE)}`.execute(
      db,
    )
    rows.push(...slice.rows)
    last = slice.rows.length === ROWS_AT_ONCE ? slice.rows.at(-1) : undefined
    await nextTurn()
  } while (last !== undefined)
  return rows
}
