import type { SharedConfig } from '../config/config.js'
import type { Logger } from '../observe/log.js'
import { connectRedis } from './redis.js'
import { createValueSeal } from './sealed-value.js'
import type { Shared } from './shared.js'
import { createSharedIdempotency } from './shared-idempotency.js'
import { createSharedKeyValue } from './shared-key-value.js'
import { createSharedLimiter } from './shared-limiter.js'
import { createSharedQuestions } from './shared-questions.js'
import { createSharedRevocations } from './shared-revocations.js'

/** What replicas share through Redis. None of it makes a request fail while Redis is gone. */
export async function connectShared(
  { redisUrl, stateKey }: SharedConfig,
  answerMs: number,
  log: Logger,
): Promise<Shared> {
  const [client, subscriber] = await Promise.all([connectRedis(redisUrl, log), connectRedis(redisUrl)])
  const values = createValueSeal(stateKey)
  return {
    createLimiter: (options) => createSharedLimiter(client, options),
    idempotency: createSharedIdempotency(client, values),
    kept: createSharedKeyValue(client, values),
    questions: createSharedQuestions(client, subscriber, values, answerMs, (cause) =>
      log.warn(
        { err: cause, alert: 'redis' },
        'Redis does not let this replica subscribe: nobody can be asked',
      ),
    ),
    revocations: createSharedRevocations(client),
    redis: () => (client.status === 'ready' ? 'connected' : 'unreachable'),
    async close() {
      client.disconnect()
      subscriber.disconnect()
    },
  }
}
