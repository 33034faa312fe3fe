import type { Caller } from '@scalekit-mcp/auth'
import { identityOf } from '@scalekit-mcp/auth/server'
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
   * What the key gave before with these arguments: nothing is run.
   *
   * @returns undefined where the key is new
   * @throws ToolError `idempotency_conflict` when it was used with other arguments; what the first call failed with, where its outcome is unknown
   */
  repeated(
    caller: Pick<Caller, 'issuer' | 'subject' | 'clientId'>,
    tool: string,
    key: string | undefined,
    args: Record<string, unknown>,
  ): Promise<Output | undefined>
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

  /** @throws ToolError `idempotency_conflict` */
  const knownOutput = (id: string, args: Record<string, unknown>): Promise<Output> | undefined => {
    const known = results.get(id)
    if (!known || known.expiresAt <= Date.now()) return undefined
    if (known.digest !== digestOf(args)) throw keyConflict()
    return known.output
  }

  return {
    async once(caller, tool, key, args, run) {
      if (key === undefined) return run()
      const id = idempotencyId(caller, tool, key)
      const known = knownOutput(id, args)
      if (known) return known.catch(repeatFailure)
      const output = run()
      results.set(id, { digest: digestOf(args), output, expiresAt: Date.now() + DAY_MS })
      output.catch((error: unknown) => {
        if (nothingHappened.has(toToolError(error).code)) results.delete(id)
      })
      return output
    },
    async repeated(caller, tool, key, args) {
      if (key === undefined) return undefined
      return knownOutput(idempotencyId(caller, tool, key), args)?.catch(repeatFailure)
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
