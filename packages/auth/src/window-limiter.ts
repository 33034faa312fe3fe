import type { LimiterOptions, RateLimiter, SpentPoints } from './rate-limiter.js'

interface Window {
  spent: number
  readonly until: number
}

/** Counts points by key in this process, over windows that begin with the first point. */
export function createWindowLimiter({ points: limit, duration }: LimiterOptions): RateLimiter {
  const windows = new Map<string, Window>()

  /** All windows are equally long, so the oldest stand first. */
  function forgetEnded(now: number): void {
    for (const [key, { until }] of windows) {
      if (until > now) return
      windows.delete(key)
    }
  }

  function begin(key: string, now: number): Window {
    forgetEnded(now)
    const begun = { spent: 0, until: now + duration * 1000 }
    windows.set(key, begun)
    return begun
  }

  return {
    async consume(key, points) {
      const now = performance.now()
      const known = windows.get(key)
      const window = known && known.until > now ? known : begin(key, now)
      window.spent += points
      const state: SpentPoints = {
        remainingPoints: Math.max(0, limit - window.spent),
        msBeforeNext: window.until - now,
      }
      if (window.spent > limit) throw state
      return state
    },
  }
}
