import type { Clock } from '../storage/clock.js'
import type { Database } from '../storage/database.js'
import { insertRows } from '../storage/insert-rows.js'
import { LocalError } from '../storage/local-error.js'
import { DATA_TABLES } from '../storage/tables.js'

/** What the control API registered, and the outbox, are part of a copy. */
const COPIED_TABLES = [...DATA_TABLES, 'control_state'] as const
const NAME = /^[\w.-]{1,64}$/
const NAME_RULE = 'The name of a snapshot has up to 64 letters, digits, _, . and -.'

export interface Snapshots {
  /**
   * Copies all data under a name of up to 64 letters, digits, `_`, `.` and `-`; an older copy of this name is
   * replaced. @throws {LocalError} `request_invalid`
   */
  save(name: string): Promise<void>
  /** Puts the data back as it was. @throws {LocalError} `not_found` */
  restore(name: string): Promise<void>
  /** @throws {LocalError} `not_found` */
  remove(name: string): Promise<void>
  /** With the times when they were saved, in ISO 8601. */
  list(): Promise<{ name: string; created_at: string }[]>
}

/** Copies of everything but the signing keys, sign-ins included. They survive a restart and a reset. */
export function createSnapshots(database: Database, clock: Clock): Snapshots {
  return {
    async save(name) {
      if (!NAME.test(name)) throw new LocalError('request_invalid', NAME_RULE)
      await database.transaction(async (db) => {
        // `save` wrote them, from the same tables.
        const tables: string[] = []
        for (const table of COPIED_TABLES) {
          const rows = await db.selectFrom(table).selectAll().execute()
          tables.push(`"${table}":${JSON.stringify(rows)}`)
        }
        const row = { name, tables: `{${tables.join(',')}}`, created_at: clock.now() }
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
        // `save` wrote them, from the same tables.
        const tables: Record<string, never[] | undefined> = JSON.parse(row.tables)
        // A copy of an earlier version has no control state: it stays as it is.
        const copied = tables.control_state === undefined ? DATA_TABLES : COPIED_TABLES
        for (const table of copied) await db.deleteFrom(table).execute()
        for (const table of copied) {
          await insertRows(db, table, tables[table] ?? [])
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
