import { z } from 'zod'
import type { Clock } from '../engine/clock.js'
import type { Database } from '../engine/database.js'
import { DATA_TABLES } from '../engine/tables.js'
import { LocalError } from '../local-error.js'

/** Rows in one INSERT: both dialects limit how many values a statement has. */
const ROWS_AT_ONCE = 50

const Row = z.record(z.string(), z.union([z.string(), z.number(), z.null()]))
const Tables = z.record(z.string(), z.array(Row))

export interface Snapshots {
  /** Copies all data under a name; an older copy of this name is replaced. */
  save(name: string): Promise<void>
  /** Puts the data back as it was. Throws a `LocalError` (`not_found`). */
  restore(name: string): Promise<void>
  remove(name: string): Promise<void>
  list(): Promise<{ name: string; created_at: string }[]>
}

/** Copies of everything but the signing keys, sign-ins included. They survive a restart and a reset. */
export function createSnapshots(database: Database, clock: Clock): Snapshots {
  return {
    async save(name) {
      await database.transaction(async (db) => {
        const tables: Record<string, unknown> = {}
        for (const table of DATA_TABLES) tables[table] = await db.selectFrom(table).selectAll().execute()
        const row = { name, tables: JSON.stringify(tables), created_at: clock.now() }
        const { name: _, ...changes } = row
        await db
          .insertInto('snapshots')
          .values(row)
          .onConflict((conflict) => conflict.column('name').doUpdateSet(changes))
          .execute()
      })
    },

    async restore(name) {
      await database.transaction(async (db) => {
        const row = await db.selectFrom('snapshots').selectAll().where('name', '=', name).executeTakeFirst()
        if (row === undefined) throw missing(name)
        const tables = Tables.parse(JSON.parse(row.tables))
        for (const table of DATA_TABLES) await db.deleteFrom(table).execute()
        for (const table of DATA_TABLES) {
          const rows = tables[table] ?? []
          for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
            // They are the rows that were read from this very table.
            const chunk = rows.slice(start, start + ROWS_AT_ONCE) as never[]
            await db.insertInto(table).values(chunk).execute()
          }
        }
      })
    },

    async remove(name) {
      const { numDeletedRows } = await database.db
        .deleteFrom('snapshots')
        .where('name', '=', name)
        .executeTakeFirst()
      if (numDeletedRows === 0n) throw missing(name)
    },

    async list() {
      const rows = await database.db
        .selectFrom('snapshots')
        .select(['name', 'created_at'])
        .orderBy('name')
        .execute()
      return rows.map(({ name, created_at }) => ({ name, created_at: new Date(created_at).toISOString() }))
    },
  }
}

function missing(name: string): LocalError {
  return new LocalError('not_found', `There is no snapshot ${name}. See GET /__local/snapshots.`)
}
