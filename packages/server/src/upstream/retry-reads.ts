import { setTimeout as sleep } from 'node:timers/promises'
import type { DescMethod } from '@bufbuild/protobuf'
import { ConnectError, type Interceptor } from '@connectrpc/connect'
import { answerStatus, httpBindings } from '@scalekit-mcp/api'
import { isOutage, retryAfterOf } from './failure.js'

/** In all, the first included. */
const ATTEMPTS = 3
const FIRST_WAIT_MS = 100
/** A call has 5.5 seconds: where the API asks for more than this, the agent is told to come back. */
const LONGEST_WAIT_MS = 2_000

/**
 * Repeats a read that met an outage or a limit, after a random wait, and never before the time that the API asks
 * for. A write is sent once: the API knows no idempotency key, so a second one could happen twice.
 */
export const retryReads: Interceptor = (next) => (request) => {
  const attempt = (count: number): ReturnType<typeof next> =>
    next(request).catch(async (error: unknown) => {
      const wait = count < ATTEMPTS ? waitBeforeNext(error, count) : undefined
      if (wait === undefined) throw error
      await sleep(wait, undefined, { signal: request.signal }).catch(() => {
        throw error
      })
      return attempt(count + 1)
    })
  return isRead(request.method) ? attempt(1) : next(request)
}

/** Google AIP-131 and the verbs of the API: what a GET serves changes nothing. */
function isRead(method: DescMethod): boolean {
  return httpBindings(method)[0]?.verb === 'GET'
}

/** @returns milliseconds, or undefined when the read must not be repeated */
function waitBeforeNext(error: unknown, attempt: number): number | undefined {
  if (answerStatus(error) !== 429 && !isOutage(error)) return undefined
  const asked = (retryAfterOf(ConnectError.from(error)) ?? 0) * 1000
  const backoff = FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.5 + Math.random() / 2)
  return asked > LONGEST_WAIT_MS ? undefined : asked + backoff
}
