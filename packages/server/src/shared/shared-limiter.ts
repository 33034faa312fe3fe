import type { LimiterOptions, RateLimiter } from '@scalekit-mcp/auth'
import type { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'

/**
 * A limit that replicas keep together in Redis. Each counts what it admits itself as well, so that a replica without
 * Redis goes on from there and never admits more than the limit on its own.
 */
export function createSharedLimiter(client: Redis, options: LimiterOptions): RateLimiter {
  const keyPrefix = `scalekit-mcp:${options.keyPrefix}`
  const shared = new RateLimiterRedis({
    ...options,
    keyPrefix,
    storeClient: client,
    rejectIfRedisNotReady: true,
  })
  const own = new RateLimiterMemory({ ...options, keyPrefix })
  return {
    async consume(key, points) {
      const left = await shared.consume(key, points).catch((refused: unknown) => {
        if (refused instanceof RateLimiterRes) throw refused
        return undefined
      })
      if (!left) return own.consume(key, points)
      await own.penalty(key, points)
      return left
    },
  }
}
