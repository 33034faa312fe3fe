import type { Kysely } from 'kysely'
import { DirectoryUserData, directoryData } from '../domain/directories/directory-data.js'
import { provisionDirectoryUser } from '../domain/directories/provision-directory-user.js'
import type { HappenedEvent } from '../domain/events/events.js'
import { tellEvent } from '../domain/events/tell-event.js'
import type { Webhooks } from '../domain/events/webhooks.js'
import type { Clock } from '../storage/clock.js'
import type { Database } from '../storage/database.js'
import { newId } from '../storage/ids.js'
import type { DirectoryEntryRow, DirectoryRow } from '../storage/registry-schema.js'
import type { Schema } from '../storage/schema.js'
import { ScimError } from './scim-error.js'

/** Where entries are kept, by which clock they change, and who is told. */
export interface EntryParts {
  readonly database: Database
  readonly clock: Clock
  readonly webhooks: Webhooks
}

export type EntryTable = 'directory_users' | 'directory_groups'

const PREFIXES = { directory_users: 'diruser', directory_groups: 'dirgroup' } as const

/** What a directory has sent, in one of its two tables. */
export interface ScimStore {
  list(): Promise<DirectoryEntryRow[]>
  /** Throws a `ScimError` (404). */
  find(id: string): Promise<DirectoryEntryRow>
  /** Without an external id, the id takes its place. Others may have the same one: clients own it (RFC 7643, section 3.1). */
  create(externalId: string | undefined, data: object): Promise<DirectoryEntryRow>
  update(row: DirectoryEntryRow, externalId: string | undefined, data: object): Promise<DirectoryEntryRow>
  remove(id: string): Promise<void>
}

/** The entries of a directory, inside a transaction. */
export function scimStore(
  db: Kysely<Schema>,
  clock: Clock,
  directory: DirectoryRow,
  table: EntryTable,
): ScimStore {
  const own = () => db.selectFrom(table).selectAll().where('directory_id', '=', directory.id)

  const store: ScimStore = {
    list: () => own().orderBy('id').execute(),

    async find(id) {
      const row = await own().where('id', '=', id).executeTakeFirst()
      if (row !== undefined) return row
      throw new ScimError(404, `There is no resource ${id}.`)
    },

    async create(externalId, data) {
      const id = newId(PREFIXES[table])
      const now = clock.now()
      const row = {
        ...{ id, environment_id: directory.environment_id, directory_id: directory.id },
        ...{ external_id: externalId ?? id, data: JSON.stringify(data), created_at: now, updated_at: now },
      }
      await db.insertInto(table).values(row).execute()
      await synced()
      return row
    },

    async update(row, externalId, data) {
      const changed = {
        ...row,
        external_id: externalId ?? row.id,
        data: JSON.stringify(data),
        updated_at: clock.now(),
      }
      await db.updateTable(table).set(changed).where('id', '=', row.id).execute()
      await synced()
      return changed
    },

    async remove(id) {
      const { numDeletedRows } = await db
        .deleteFrom(table)
        .where('directory_id', '=', directory.id)
        .where('id', '=', id)
        .executeTakeFirst()
      if (numDeletedRows === 0n) throw new ScimError(404, `There is no resource ${id}.`)
      await synced()
    },
  }
  return store

  async function synced(): Promise<void> {
    const row = await db
      .selectFrom('directories')
      .selectAll()
      .where('id', '=', directory.id)
      .executeTakeFirstOrThrow()
    const data = JSON.stringify({ ...directoryData(row), last_synced_at: clock.now() })
    await db.updateTable('directories').set({ data }).where('id', '=', directory.id).execute()
  }
}

/** Tells applications of a change, once it is stored. */
export type Note = (event: HappenedEvent) => void

/** A directory in the middle of a change. */
export interface DirectoryWork {
  readonly db: Kysely<Schema>
  /** As it is inside of the transaction. */
  readonly directory: DirectoryRow
  readonly users: ScimStore
  readonly groups: ScimStore
  readonly note: Note
}

/** A transaction over the entries of a directory, and then the events that it noted. */
export async function inDirectory<T>(
  parts: EntryParts,
  { id }: DirectoryRow,
  work: (work: DirectoryWork) => Promise<T>,
): Promise<T> {
  const { database, clock } = parts
  const events: HappenedEvent[] = []
  const result = await database.transaction(async (db) => {
    const directory = await db.selectFrom('directories').selectAll().where('id', '=', id).executeTakeFirst()
    if (directory === undefined) throw new ScimError(404, 'The directory was deleted.')
    const groups = scimStore(db, clock, directory, 'directory_groups')
    const users = provisioned(db, clock, directory, scimStore(db, clock, directory, 'directory_users'))
    return work({ db, directory, users, groups, note: (event) => events.push(event) })
  })
  for (const event of events) await tellEvent(parts, event)
  return result
}

/** The users of a directory, whom those of the environment follow. */
function provisioned(db: Kysely<Schema>, clock: Clock, directory: DirectoryRow, store: ScimStore): ScimStore {
  const meaning = directoryData(directory)
  const provision = async (before: DirectoryEntryRow | undefined, data: object | undefined) => {
    const change = { before: before && readEntry(before.data), after: data && DirectoryUserData.parse(data) }
    const where = { db, clock, directory, before: meaning, after: meaning }
    return provisionDirectoryUser(where, change)
  }
  return {
    ...store,
    async create(externalId, data) {
      return store.create(externalId, { ...data, user_id: await provision(undefined, data) })
    },
    async update(row, externalId, data) {
      return store.update(row, externalId, { ...data, user_id: await provision(row, data) })
    },
    async remove(id) {
      await provision(await store.find(id), undefined)
      await store.remove(id)
    },
  }
}

function readEntry(data: string): DirectoryUserData {
  return DirectoryUserData.parse(JSON.parse(data))
}
