/** A limiter, such as those of rate-limiter-flexible. */
export interface RateLimiter {
  /** Takes points. Past the limit it rejects with what it would have answered. */
  consume(key: string, points: number): Promise<SpentPoints>
}

export interface SpentPoints {
  readonly remainingPoints: number
  /** Until the window ends. */
  readonly msBeforeNext: number
}

export interface LimiterOptions {
  readonly keyPrefix: string
  readonly points: number
  /** Seconds. */
  readonly duration: number
}
