import type { Secret } from '@scalekit-mcp/auth'
import { Redis } from 'ioredis'
import type { Logger } from '../observe/log.js'

/** Within this a command is answered, or Redis counts as gone for it. Less would count this process's own pauses. */
const COMMAND_MS = 1_000
const LONGEST_WAIT_MS = 1_000
/** After so many commands in a row without an answer the connection is closed. */
const TIMEOUTS = 3

/**
 * A connection that closes when Redis no longer answers. Then every command fails at once, as without Redis, until Redis
 * has answered the check that follows each new connection.
 */
class AnsweringRedis extends Redis {
  #timeouts = 0

  override sendCommand(...args: Parameters<Redis['sendCommand']>): unknown {
    const [command] = args
    command.promise.then(
      () => {
        this.#timeouts = 0
      },
      (error: unknown) => this.#failed(error),
    )
    return super.sendCommand(...args)
  }

  #failed(error: unknown): void {
    if (!(error instanceof Error && error.message === TIMED_OUT) || this.status !== 'ready') return
    if (++this.#timeouts < TIMEOUTS) return
    this.#timeouts = 0
    this.emit('error', error)
    this.disconnect(true)
  }
}

/** What ioredis says when `commandTimeout` is over. It has no code. */
const TIMED_OUT = 'Command timed out'

/**
 * Connects to Redis. If it cannot be reached, nothing waits for it: every command fails at once, nothing queues up, and the
 * connection is tried again every second.
 *
 * @param log gets each change once; none for a further connection
 */
export async function connectRedis(url: Secret, log?: Logger): Promise<Redis> {
  const client = new AnsweringRedis(url.reveal(), {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_MS,
    connectTimeout: 2_000,
    // After a lost connection whoever subscribes decides what to do.
    autoResubscribe: false,
    retryStrategy: (attempt) => Math.min(attempt * 100, LONGEST_WAIT_MS),
  })
  let reached: boolean | undefined
  let cause: unknown
  client.on('error', (error: unknown) => {
    cause = error
  })
  client.on('ready', () => {
    if (reached === false) log?.info('Redis is back: limits and idempotency keys are shared again')
    reached = true
  })
  client.on('close', () => {
    if (reached !== false && client.status !== 'end') {
      log?.warn(
        { err: cause, alert: 'redis' },
        'Redis is out of reach: this replica applies limits on its own',
      )
    }
    reached = false
  })
  // A failed first attempt is followed by others; the events tell of it.
  await client.connect().catch(() => undefined)
  return client
}
