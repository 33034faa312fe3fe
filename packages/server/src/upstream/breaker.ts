import type { Interceptor } from '@connectrpc/connect'
import { answerStatus } from '@scalekit-mcp/api'
import type { Caller } from '@scalekit-mcp/auth'
import { identityOf } from '@scalekit-mcp/auth/server'
import { LRUCache } from 'lru-cache'
import { digestOf } from '../call/digest.js'
import { ToolError } from '../errors.js'
import { isOutage } from './failure.js'

const FAILURES = 5
const PAUSE_MS = 1_500
const MAX_CIRCUITS = 10_000

interface Circuit {
  failures: number
  /** Until then calls are refused; after it one of them tries. */
  pausedUntil: number
}

/**
 * Stops calling what fails: after five outages in a row calls of one caller to one method of the API pause, then one
 * of them tries. A caller can open only its own circuits: a request that makes the API fail must not take it from
 * the others, so there is none for all.
 */
export function createBreaker(): (caller: Caller) => Interceptor {
  const circuits = new LRUCache<string, Circuit>({ max: MAX_CIRCUITS })

  const failed = (key: string, failures: number) =>
    circuits.set(key, { failures, pausedUntil: failures >= FAILURES ? Date.now() + PAUSE_MS : 0 })

  return (caller) => {
    const owner = digestOf(identityOf(caller))
    return (next) => (request) => {
      const { method } = request
      const key = `${owner} ${method.parent.typeName}.${method.name}`
      const circuit = circuits.get(key)
      if (circuit && circuit.pausedUntil > Date.now()) return Promise.reject(paused())
      // The one that tries keeps the others waiting until it is answered, or the pause is over again.
      if (circuit && circuit.failures >= FAILURES) circuit.pausedUntil = Date.now() + PAUSE_MS
      return next(request).then(
        (answer) => {
          circuits.delete(key)
          return answer
        },
        (error: unknown) => {
          if (isOutage(error)) failed(key, (circuits.get(key)?.failures ?? 0) + 1)
          else if (answerStatus(error) !== undefined) circuits.delete(key)
          throw error
        },
      )
    }
  }
}

function paused(): ToolError {
  return new ToolError(
    'upstream_unavailable',
    'Scalekit failed several times in a row, so this server pauses its calls for two seconds.',
  )
}
