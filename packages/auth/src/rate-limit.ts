import { sha256 } from '#platform'
import { addressKey } from './address-key.js'
import { type Caller, identityOf } from './caller.js'
import { AuthError, temporarilyUnavailable } from './errors.js'
import type { HttpAnswer } from './http-message.js'
import { hasMethods } from './option-forms.js'
import type { LimiterOptions, RateLimiter, SpentPoints } from './rate-limiter.js'
import { isLoopback } from './secure-url.js'
import { createWindowLimiter } from './window-limiter.js'

export interface RateLimitOptions {
  /**
   * Points that one caller (issuer, client and subject) has a minute; a request costs one. Default 600, and 1,000,000 for
   * a resource on loopback: nobody else reaches it, and load tests should measure the server.
   */
  readonly perMinute?: number
  /** Refused credentials that one address may send a minute. Default 300. */
  readonly failuresPerMinute?: number
  /** A limiter that replicas share (Redis, with a way to go on without it). Default: one in memory. */
  readonly createLimiter?: (options: LimiterOptions) => RateLimiter
}

export interface RateLimit {
  /**
   * Takes points from the caller's minute, and says on `res` how many are left.
   * @throws AuthError `rate_limited`, or `temporarily_unavailable` when the limiter's store fails
   */
  spend(caller: Caller, points: number, res?: HttpAnswer): Promise<void>
  /**
   * Takes points from the minute of an address that calls public tools without a token.
   * @throws AuthError `rate_limited`, or `temporarily_unavailable` when the limiter's store fails
   */
  spendAnonymous(address: string, points: number, res?: HttpAnswer): Promise<void>
  /**
   * Counts a refused credential. Past the limit the refusal becomes `rate_limited`; a valid token from the
   * same address is still served, so that nobody behind a shared address can lock the others out.
   * @throws AuthError `rate_limited`, or `temporarily_unavailable` when the limiter's store fails
   */
  countFailure(address: string): Promise<void>
}

const WINDOW_SECONDS = 60
const policyOf = (quota: number) => `"caller";q=${quota};w=${WINDOW_SECONDS}`

/** Limits for callers and for addresses that bring bad credentials, each over one minute. */
export function createRateLimit(resource: string, options: RateLimitOptions = {}): RateLimit {
  const { perMinute = isLoopback(new URL(resource).hostname) ? 1_000_000 : 600, failuresPerMinute = 300 } =
    options
  const policy = policyOf(perMinute)
  const create = (of: LimiterOptions): RateLimiter => {
    const limiter = (options.createLimiter ?? createWindowLimiter)(of)
    if (hasMethods(limiter, 'consume')) return limiter
    throw new TypeError('limits.createLimiter must return a limiter with the method consume, and no promise')
  }
  const callers = create({ keyPrefix: 'caller', points: perMinute, duration: WINDOW_SECONDS })
  const failures = create({ keyPrefix: 'failure', points: failuresPerMinute, duration: WINDOW_SECONDS })

  return {
    spend: (caller, points, res) => consume(callers, callerKey(identityOf(caller)), points, res),
    spendAnonymous: (address, points, res) => consume(callers, callerKey([addressKey(address)]), points, res),
    countFailure: (address) => consume(failures, addressKey(address), 1),
  }

  async function consume(limiter: RateLimiter, key: string, points: number, res?: HttpAnswer): Promise<void> {
    try {
      const left = await limiter.consume(key, points)
      if (res) setLimitHeaders(res, policy, left)
    } catch (refused) {
      refuse(refused, res)
    }
  }

  function refuse(refused: unknown, res: HttpAnswer | undefined): never {
    if (!isSpent(refused)) throw temporarilyUnavailable('rate_limiter', refused)
    if (res) setLimitHeaders(res, policy, refused)
    const retryAfter = Math.max(1, Math.ceil(refused.msBeforeNext / 1000))
    throw new AuthError('rate_limited', `Too many requests. Try again in ${retryAfter} s.`, { retryAfter })
  }
}

/** What a limiter throws past the limit; everything else is a failure of it. */
function isSpent(thrown: unknown): thrown is SpentPoints {
  return !(thrown instanceof Error) && typeof Object(thrown).msBeforeNext === 'number'
}

/** One line per caller, whatever characters its names have, and no names in a shared store. */
function callerKey(identity: readonly string[]): string {
  return sha256(JSON.stringify(identity))
}

/** draft-ietf-httpapi-ratelimit-headers */
function setLimitHeaders(res: HttpAnswer, policy: string, left: SpentPoints): void {
  const reset = Math.ceil(left.msBeforeNext / 1000)
  res.setHeader('RateLimit-Policy', policy)
  res.setHeader('RateLimit', `"caller";r=${left.remainingPoints};t=${reset}`)
}
