import type { Secret } from '@scalekit-mcp/auth'
import { Redis } from 'ioredis'
import type { Logger } from '../observe/log.js'

/** Within this a command is answered, or Redis counts as gone for it. Less would count this process's own pauses. */
const COMMAND_MS = 1_000
const LONGEST_WAIT_MS = 1_000

/**
 * Connects to Redis. Where it cannot be reached at once nothing waits for it: while it is gone every command fails at
 * once, nothing queues up, and the connection is tried again every second. Each change is said once.
 */
export async function connectRedis(url: Secret, log: Logger): Promise<Redis> {
  const client = new Redis(url.reveal(), {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_MS,
    connectTimeout: 2_000,
    retryStrategy: (attempt) => Math.min(attempt * 100, LONGEST_WAIT_MS),
  })
  let reached: boolean | undefined
  let cause: unknown
  client.on('error', (error: unknown) => {
    cause = error
  })
  client.on('ready', () => {
    if (reached === false) log.info('Redis is back: limits and idempotency keys are shared again')
    reached = true
  })
  client.on('close', () => {
    if (reached !== false && client.status !== 'end') {
      log.warn(
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
