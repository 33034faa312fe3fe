import type { Secret } from '@scalekit-mcp/auth'
import type { Logger } from '../observe/log.js'
import { connectRedis } from './redis.js'
import { createValueSeal } from './sealed-value.js'
import type { Shared } from './shared.js'
import { createSharedIdempotency } from './shared-idempotency.js'
import { createSharedLimiter } from './shared-limiter.js'
import { createSharedRevocations } from './shared-revocations.js'
import { createSharedUsedAnswers } from './shared-used-answers.js'

/** What replicas share through Redis. None of it makes a request fail while Redis is gone. */
export async function connectShared(url: Secret, stateKey: Secret, log: Logger): Promise<Shared> {
  const client = await connectRedis(url, log)
  return {
    createLimiter: (options) => createSharedLimiter(client, options),
    idempotency: createSharedIdempotency(client, createValueSeal(stateKey)),
    usedAnswers: createSharedUsedAnswers(client),
    revocations: createSharedRevocations(client),
    redis: () => (client.status === 'ready' ? 'connected' : 'unreachable'),
    async close() {
      client.disconnect()
    },
  }
}
