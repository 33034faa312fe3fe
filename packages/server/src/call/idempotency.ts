import { type Caller, identityOf } from '@scalekit-mcp/auth'
import { LRUCache } from 'lru-cache'
import { ToolError, type ToolErrorCode, toToolError } from '../errors.js'
import { digestOf } from './digest.js'

type Output = Record<string, unknown>

/** First results of creates, by caller and key. */
export interface Idempotency {
  /**
   * Runs a create, or gives the result that the same key had before.
   *
   * @throws ToolError `idempotency_conflict` when the key was used with other arguments
   */
  once(
    caller: Pick<Caller, 'issuer' | 'subject' | 'clientId'>,
    tool: string,
    key: string | undefined,
    args: Record<string, unknown>,
    run: () => Promise<Output>,
  ): Promise<Output>
  /**
   * Whether the key was used with these arguments, so that `once` would repeat a result.
   *
   * @throws ToolError `idempotency_conflict` when it was used with other arguments
   */
  has(
    caller: Pick<Caller, 'issuer' | 'subject' | 'clientId'>,
    tool: string,
    key: string | undefined,
    args: Record<string, unknown>,
  ): Promise<boolean>
}

/** How long a key is remembered. */
export const DAY_MS = 24 * 60 * 60_000
const LIMIT = 10_000

/** After these nothing has happened upstream, so the same key may try again. Every other failure is repeated. */
export const nothingHappened: ReadonlySet<ToolErrorCode> = new Set([
  'invalid_arguments',
  'invalid_token',
  'not_found',
  'already_exists',
  'permission_denied',
  'precondition_failed',
  'rate_limited',
  'tool_not_available',
  'environment_not_available',
  'audit_unavailable',
  'idempotency_conflict',
  'idempotency_unavailable',
])

/** Remembers in this process, for a day, at most 10,000 results. */
export function createIdempotency(): Idempotency {
  const results = new LRUCache<string, { digest: string; output: Promise<Output>; expiresAt: number }>({
    max: LIMIT,
  })

  return {
    async once(caller, tool, key, args, run) {
      if (key === undefined) return run()
      const id = idempotencyId(caller, tool, key)
      const digest = digestOf(args)
      const known = results.get(id)
      if (known && known.expiresAt > Date.now()) {
        if (known.digest === digest) return known.output.catch(repeatFailure)
        throw keyConflict()
      }
      const output = run()
      results.set(id, { digest, output, expiresAt: Date.now() + DAY_MS })
      output.catch((error: unknown) => {
        if (nothingHappened.has(toToolError(error).code)) results.delete(id)
      })
      return output
    },
    async has(caller, tool, key, args) {
      const known = key === undefined ? undefined : results.get(idempotencyId(caller, tool, key))
      if (!known || known.expiresAt <= Date.now()) return false
      if (known.digest !== digestOf(args)) throw keyConflict()
      return true
    },
  }
}

export function keyConflict(): ToolError {
  return new ToolError('idempotency_conflict', 'This idempotencyKey was used with other arguments.')
}

/** A key belongs to its caller and its tool; the digest keeps their names out of a shared store. */
export function idempotencyId(
  caller: Pick<Caller, 'issuer' | 'subject' | 'clientId'>,
  tool: string,
  key: string,
): string {
  return digestOf([...identityOf(caller), tool, key])
}

/** Only a failure whose outcome is unknown is remembered: sending the create again could make a second one. */
export function repeatFailure(cause: unknown): never {
  const { code, message } = toToolError(cause)
  throw new ToolError(code, message, {
    nextStep:
      'Check with a read whether the first call took effect. If it did not, use a new idempotencyKey.',
    cause,
  })
}
