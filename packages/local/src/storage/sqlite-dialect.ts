import {
  CompiledQuery,
  type DatabaseConnection,
  SqliteDialect,
  SqliteDriver,
  type SqliteStatement,
} from 'kysely'
import Libsql from 'libsql'

const CACHED_STATEMENTS = 256
const BUSY_TIMEOUT_MS = 5000
const RETRY_MS = 10

/**
 * Kysely's SQLite dialect over libsql. Two things differ from the default: statements are kept, because
 * preparing one for every query grows native memory; and a transaction takes the write lock when it begins,
 * because a reader that turns writer fails at once, whatever the busy timeout is, if another process wrote.
 */
export class LibsqlDialect extends SqliteDialect {
  readonly #file: string

  constructor(file: string) {
    super({ database: () => open(file) })
    this.#file = file
  }

  override createDriver(): SqliteDriver {
    return new ImmediateDriver({ database: () => open(this.#file) })
  }
}

class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }
}

async function open(file: string) {
  const database = new Libsql(file, { timeout: BUSY_TIMEOUT_MS })
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
  await switchToWal(database)
  // An acknowledged write is on the disk: WAL alone would sync at checkpoints only.
  database.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
  const statements = new StatementCache((sql) => database.prepare(sql))
  return {
    prepare: (sql: string): SqliteStatement => statements.get(sql),
    close: () => {
      statements.clear()
      database.close()
    },
  }
}

/**
 * A new file is switched to WAL by one process that has it alone, and SQLite refuses others at once, whatever the busy
 * timeout is: they try again for as long.
 */
async function switchToWal(database: Libsql.Database): Promise<void> {
  const until = Date.now() + BUSY_TIMEOUT_MS
  for (;;) {
    try {
      database.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      if (Object(error).code !== 'SQLITE_BUSY' || Date.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
}

/** The most recently used prepared statements. One that failed is dropped: it may not have been reset. */
class StatementCache {
  readonly #kept = new Map<string, SqliteStatement>()
  readonly #prepare: (sql: string) => SqliteStatement

  constructor(prepare: (sql: string) => SqliteStatement) {
    this.#prepare = prepare
  }

  get(sql: string): SqliteStatement {
    const statement = this.#kept.get(sql) ?? this.#guarded(sql)
    this.#kept.delete(sql)
    this.#kept.set(sql, statement)
    if (this.#kept.size > CACHED_STATEMENTS) {
      const [oldest] = this.#kept.keys()
      if (oldest !== undefined) this.#kept.delete(oldest)
    }
    return statement
  }

  clear(): void {
    this.#kept.clear()
  }

  #guarded(sql: string): SqliteStatement {
    const statement = this.#prepare(sql)
    const run = <T>(work: () => T): T => {
      try {
        return work()
      } catch (error) {
        this.#kept.delete(sql)
        throw error
      }
    }
    return {
      reader: statement.reader,
      all: (parameters) => run(() => statement.all(parameters)),
      run: (parameters) => run(() => statement.run(parameters)),
      iterate: (parameters) => statement.iterate(parameters),
    }
  }
}
