import { Kysely, PostgresDialect } from 'kysely'
import { unusable } from './data-folder.js'
import type { Dialect } from './dialect.js'
import { migrate } from './migrations/migrate.js'
import { createPostgresPool } from './postgres-pool.js'
import type { Schema } from './schema.js'
import { LibsqlDialect } from './sqlite-dialect.js'

/** Where the data lives: a libsql file, the memory of this process, or a PostgreSQL server. */
export type DatabaseLocation = { file: string } | { memory: true } | { url: string }

export type { Dialect } from './dialect.js'

export interface Database {
  readonly db: Kysely<Schema>
  readonly dialect: Dialect
  /**
   * Runs `work` in one transaction and gives its result; an error rolls back. Inside, use only the handle
   * that is passed: the embedded database has a single connection, and another query would wait for itself.
   */
  transaction<T>(work: (db: Kysely<Schema>) => Promise<T>): Promise<T>
  /** Runs reads that all see the data of one moment. */
  readConsistently<T>(work: (db: Kysely<Schema>) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/**
 * Opens the database and brings its tables up to date. Several processes may open one database at the same moment, also for
 * the first time.
 *
 * @throws {LocalError} `data_unusable`, `database_unavailable`
 */
export async function openDatabase(location: DatabaseLocation): Promise<Database> {
  const dialect: Dialect = 'url' in location ? 'postgres' : 'sqlite'
  const db = new Kysely<Schema>({
    dialect:
      'url' in location
        ? new PostgresDialect({ pool: await createPostgresPool(location.url) })
        : new LibsqlDialect(sqliteFile(location)),
  })
  try {
    await migrate(db, dialect)
  } catch (error) {
    await db.destroy()
    const isFile = 'file' in location && error instanceof Error && 'code' in error
    throw isFile ? unusable(location.file, error) : error
  }
  return {
    db,
    dialect,
    transaction: (work) => db.transaction().execute(work),
    readConsistently: (work) =>
      dialect === 'postgres'
        ? db.transaction().setIsolationLevel('repeatable read').execute(work)
        : db.transaction().execute(work),
    close: () => db.destroy(),
  }
}

function sqliteFile(location: { file: string } | { memory: true }): string {
  return 'file' in location ? location.file : ':memory:'
}
