import { hash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { addressKey } from './address-key.js'
import type { Caller } from './caller.js'
import { AuthError, temporarilyUnavailable } from './errors.js'

export interface RateLimitOptions {
  /** Points that one caller (issuer, client and subject) has a minute; a request costs one. Default 600. */
  readonly perMinute?: number
  /** Refused credentials that one address may send a minute. Default 300. */
  readonly failuresPerMinute?: number
  /** A limiter that replicas share (Redis, with a way to go on without it). Default: one in memory. */
  readonly createLimiter?: (options: LimiterOptions) => RateLimiter
}

/** The part of a limiter of rate-limiter-flexible that is used: it rejects with a `RateLimiterRes` past the limit. */
export type RateLimiter = Pick<RateLimiterAbstract, 'consume'>

export interface LimiterOptions {
  readonly keyPrefix: string
  readonly points: number
  /** Seconds. */
  readonly duration: number
}

export interface RateLimit {
  /**
   * Takes points from the caller's minute, and says on `res` how many are left.
   * @throws AuthError `rate_limited`, or `temporarily_unavailable` when the limiter's store fails
   */
  spend(caller: Caller, points: number, res?: ServerResponse): Promise<void>
  /**
   * Counts a refused credential. Past the limit the refusal becomes `rate_limited`; a valid token from the
   * same address is still served, so that nobody behind a shared address can lock the others out.
   * @throws AuthError `rate_limited`, or `temporarily_unavailable` when the limiter's store fails
   */
  countFailure(address: string): Promise<void>
}

const WINDOW_SECONDS = 60

/** Limits for callers and for addresses that bring bad credentials, each over one minute. */
export function createRateLimit(options: RateLimitOptions = {}): RateLimit {
  const { perMinute = 600, failuresPerMinute = 300 } = options
  const create = options.createLimiter ?? ((limiter) => new RateLimiterMemory(limiter))
  const callers = create({ keyPrefix: 'caller', points: perMinute, duration: WINDOW_SECONDS })
  const failures = create({ keyPrefix: 'failure', points: failuresPerMinute, duration: WINDOW_SECONDS })

  return {
    async spend(caller, points, res) {
      const left = await consume(callers, callerKey(caller), points, res)
      if (res) setLimitHeaders(res, perMinute, left)
    },
    async countFailure(address) {
      await consume(failures, addressKey(address), 1)
    },
  }

  async function consume(
    limiter: RateLimiter,
    key: string,
    points: number,
    res?: ServerResponse,
  ): Promise<RateLimiterRes> {
    try {
      return await limiter.consume(key, points)
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw temporarilyUnavailable('rate_limiter', refused)
      if (res) setLimitHeaders(res, perMinute, refused)
      const retryAfter = Math.max(1, Math.ceil(refused.msBeforeNext / 1000))
      throw new AuthError('rate_limited', `Too many requests. Try again in ${retryAfter} s.`, { retryAfter })
    }
  }
}

const callerKeys = new WeakMap<Caller, string>()

/** One line per caller, whatever characters its names have, and no names in a shared store. */
function callerKey(caller: Caller): string {
  let key = callerKeys.get(caller)
  if (key === undefined) {
    const { issuer, clientId, subject } = caller
    key = hash('sha256', JSON.stringify([issuer, clientId, subject]), 'base64url')
    callerKeys.set(caller, key)
  }
  return key
}

/** draft-ietf-httpapi-ratelimit-headers */
function setLimitHeaders(res: ServerResponse, quota: number, left: RateLimiterRes): void {
  const reset = Math.ceil(left.msBeforeNext / 1000)
  res.setHeader('RateLimit-Policy', `"caller";q=${quota};w=${WINDOW_SECONDS}`)
  res.setHeader('RateLimit', `"caller";r=${left.remainingPoints};t=${reset}`)
}
