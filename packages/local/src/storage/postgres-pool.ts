import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely'
import { DatabaseUnavailable, LocalError } from './local-error.js'

/** How long a connection may take to open, or to become free. */
const CONNECT_MS = 3_000
/** How long a statement may take before its connection is given up. */
const QUERY_MS = 15_000
const MAX_CONNECTIONS = 10
/** A server that restarts breaks several idle connections at once: each attempt may get another of them. */
const ATTEMPTS = 3

/** A statement that can be sent again after its connection broke, if it was the first of that connection. */
const REPEATABLE = /^(begin|start transaction|select)\b/i

/**
 * SQLSTATE of a server that is ending this connection or accepts none: class 08 (connection exception), 53300 (too many
 * connections), 57P01 to 57P05 (shutdown, crash, starting up, database dropped, idle session timeout).
 */
const UNAVAILABLE = /^(08...|53300|57P0[1-5])$/

/**
 * The connections to PostgreSQL. A broken connection never ends the process: the statement that was using it fails with
 * `DatabaseUnavailable`, or is sent again if it cannot have changed anything.
 *
 * @throws {LocalError} `driver_missing`, or `database_unavailable` if the URL is not one
 */
export async function createPostgresPool(url: string): Promise<PostgresPool> {
  const { default: driver } = await import('pg').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new LocalError('driver_missing', 'PostgreSQL needs its driver. Run: npm install pg', { cause })
  })
  const host = hostOf(url)
  // Times are bigint columns, which pg returns as strings; as numbers they are exact for the next 280,000 years.
  const types = new driver.TypeOverrides()
  types.setTypeParser(driver.types.builtins.INT8, Number)
  const pool = new driver.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: QUERY_MS,
    types,
  })
  // A connection that breaks emits `error`, whether it is idle or in use. The statement that needs it reports it.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  const open = (): Promise<Connection> =>
    pool.connect().catch((cause: Error) => {
      throw new DatabaseUnavailable(
        `PostgreSQL at ${host} cannot be used: ${cause.message || 'no connection'}. Check that it runs, or set DATABASE_URL (--database-url) to another database.`,
        cause,
      )
    })
  return {
    connect: async () => new ReconnectingClient(await open(), open),
    end: () => pool.end(),
  }
}

/** The URL holds the password, so a message names the host alone. A socket's folder is in the query, and the host is empty. */
function hostOf(url: string): string {
  if (URL.canParse(url)) return new URL(url).host || 'the local socket'
  throw new LocalError(
    'database_unavailable',
    'DATABASE_URL (--database-url) is not a URL. Set it to postgres://USER:PASSWORD@HOST:5432/DATABASE.',
  )
}

interface Connection extends PostgresPoolClient {
  /** @param broken why the connection must not be used again */
  release(broken?: Error): void
}

class ReconnectingClient implements PostgresPoolClient {
  readonly #open: () => Promise<Connection>
  #connection: Connection | undefined
  #isFirst = true
  #broken: Error | undefined

  constructor(connection: Connection, open: () => Promise<Connection>) {
    this.#connection = connection
    this.#open = open
  }

  query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>
  query<R>(
    statement: string | PostgresCursor<R>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof statement !== 'string') throw new Error('Cursors are not supported')
    return this.#send<R>(statement, parameters)
  }

  async #send<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    let attempts = this.#isFirst && REPEATABLE.test(sql) ? ATTEMPTS : 1
    this.#isFirst = false
    // A server that takes longer hangs: further attempts would only wait as long again.
    const until = performance.now() + CONNECT_MS
    for (;;) {
      this.#connection ??= await this.#open()
      try {
        return await this.#connection.query<R>(sql, parameters)
      } catch (error) {
        if (!isUnavailable(error)) throw error
        this.#broken = error
        if (--attempts === 0 || performance.now() > until) {
          throw new DatabaseUnavailable('PostgreSQL broke the connection. Try the request again.', error)
        }
        this.release()
      }
    }
  }

  release(): void {
    this.#connection?.release(this.#broken)
    this.#connection = undefined
    this.#broken = undefined
  }
}

/** What PostgreSQL itself reports has a SQLSTATE; everything else is a failure of the connection or a timeout. */
function isUnavailable(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  const state = 'severity' in error && 'code' in error ? String(error.code) : undefined
  return state === undefined || UNAVAILABLE.test(state)
}
