import { Kysely, PostgresDialect } from 'kysely'
import { LocalError } from '../local-error.js'
import type { Dialect } from './dialect.js'
import { migrate } from './migrations/migrate.js'
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
  close(): Promise<void>
}

/**
 * Opens the database and brings its tables up to date. Several processes may open one database, and may do
 * so for the first time at the same moment.
 */
export async function openDatabase(location: DatabaseLocation): Promise<Database> {
  const dialect: Dialect = 'url' in location ? 'postgres' : 'sqlite'
  const db = new Kysely<Schema>({
    dialect: 'url' in location ? await postgres(location.url) : new LibsqlDialect(sqliteFile(location)),
  })
  try {
    await migrate(db, dialect)
  } catch (error) {
    await db.destroy()
    throw error
  }
  return {
    db,
    dialect,
    transaction: (work) => db.transaction().execute(work),
    close: () => db.destroy(),
  }
}

function sqliteFile(location: { file: string } | { memory: true }): string {
  return 'file' in location ? location.file : ':memory:'
}

/** The driver is loaded only where it is used: it would add 8 MB to every local environment. */
async function postgres(url: string): Promise<PostgresDialect> {
  const { default: pg } = await import('pg').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new LocalError('driver_missing', 'A database in PostgreSQL needs its driver: npm install pg', {
      cause,
    })
  })
  // Times are bigint columns, which pg gives as strings; as numbers they are exact for the next 280,000 years.
  const types = new pg.TypeOverrides()
  types.setTypeParser(pg.types.builtins.INT8, Number)
  const pool = new pg.Pool({ connectionString: url, max: 10, types })
  // A server that stops ends idle connections. The pool replaces them; a query that needs one reports it itself.
  pool.on('error', () => undefined)
  return new PostgresDialect({ pool })
}
