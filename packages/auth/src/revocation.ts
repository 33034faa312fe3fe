import { LRUCache } from 'lru-cache'
import { sha256 } from '#platform'
import type { Caller } from './caller.js'
import { invalidToken } from './errors.js'
import { createIntrospect, type IntrospectionOptions } from './introspect.js'
import { createOutage } from './outage.js'
import { createTurns } from './turns.js'

export interface RevocationOptions extends IntrospectionOptions {
  /** Shares revoked tokens between replicas. Default: each replica asks for itself. */
  readonly store?: RevocationStore
}

/** Its methods do not fail: without the store, what this process knows counts. */
export interface RevocationStore {
  isRevoked(name: string): Promise<boolean>
  /** @param until milliseconds since the epoch: the expiry of the token */
  revoke(name: string, until: number): Promise<void>
}

export interface Revocation {
  /**
   * The caller, with what is known about a revocation.
   * @throws AuthError `invalid_token` when the authorization server says that the token is not active
   */
  check(caller: Caller): Promise<Caller>
}

/** An answer is trusted for 4 seconds from the question, so that a revoked token is refused within 5. */
const TRUSTED_MS = 4_000
/** More questions wait. Their time limit starts when they are sent. */
const MAX_CONCURRENT = 8
const MAX_REMEMBERED = 10_000

/**
 * Asks the authorization server whether a verified token is still active (RFC 7662). Tokens are identified by issuer
 * and `jti`, or by their hash where they have none; requests with the same token share one question. A token that was inactive once stays refused. When the
 * authorization server does not answer, the caller's `revocation` is `unknown`: reads go on, and what changes
 * something must be refused.
 */
export function createRevocation(
  options: RevocationOptions,
  onWarning: (message: string, cause?: unknown) => void,
  now: () => number = Date.now,
): Revocation {
  const introspect = createIntrospect(options)
  const outage = createOutage(onWarning)
  const takeTurn = createTurns(MAX_CONCURRENT)
  const activeUntil = new LRUCache<string, number>({ max: MAX_REMEMBERED })
  const revokedUntil = new Map<string, number>()
  const pending = new Map<string, Promise<Answer>>()

  async function ask(name: string, caller: Caller): Promise<Answer> {
    const askedAt = now()
    if (await options.store?.isRevoked(name)) throw revoke(name, caller)
    const active = await takeTurn(() => outage.watch(() => introspect(caller.token)))
    if (active === undefined) return 'unknown'
    if (active) {
      activeUntil.set(name, askedAt + TRUSTED_MS)
      return 'checked'
    }
    const refusal = revoke(name, caller)
    await options.store?.revoke(name, caller.expiresAt * 1000)
    throw refusal
  }

  /** Refused until it has expired: forgetting it earlier would let it work again. */
  function revoke(name: string, { expiresAt }: Caller): Error {
    const longExpired = now() - 60_000
    for (const [other, until] of revokedUntil) if (until < longExpired) revokedUntil.delete(other)
    revokedUntil.set(name, expiresAt * 1000)
    return invalidToken('revoked')
  }

  return {
    async check(caller) {
      const name = nameOf(caller)
      if (revokedUntil.has(name)) throw invalidToken('revoked')
      if ((activeUntil.get(name) ?? 0) > now()) return { ...caller, revocation: 'checked' }
      const running = pending.get(name) ?? ask(name, caller).finally(() => pending.delete(name))
      pending.set(name, running)
      return { ...caller, revocation: await running }
    },
  }
}

function nameOf({ issuer, tokenId, token }: Caller): string {
  return JSON.stringify([issuer, tokenId ?? sha256(token.reveal())])
}

type Answer = NonNullable<Caller['revocation']>
