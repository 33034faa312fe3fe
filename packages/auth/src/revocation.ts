import type { Caller } from './caller.js'
import { invalidToken } from './errors.js'
import { fetchJson } from './fetch-json.js'
import type { Secret } from './secret.js'
import { secureUrl } from './secure-url.js'

export interface RevocationOptions {
  /** RFC 7662 endpoint of the authorization server. */
  readonly introspectionUrl: string
  readonly clientId: string
  readonly clientSecret: Secret
  /** Where replicas tell each other of revoked tokens. Default: each asks for itself. */
  readonly store?: RevocationStore
}

/** Its methods do not fail: without the store, what this process knows counts. */
export interface RevocationStore {
  isRevoked(name: string): Promise<boolean>
  /** @param until milliseconds since the epoch: the token's own end */
  revoke(name: string, until: number): Promise<void>
}

export interface Revocation {
  /** @throws AuthError `invalid_token` when the authorization server says that the token is not active */
  check(caller: Caller): Promise<void> | undefined
}

/** An answer is trusted for 4 seconds from the question, so that a revocation is refused within 5. */
const TRUSTED_MS = 4_000
const TIMEOUT_MS = 2_000
const MAX_REMEMBERED = 10_000

/**
 * Asks the authorization server whether a token, verified already, is still active (RFC 7662).
 * Tokens are told apart by issuer and `jti`. A token that was inactive once stays refused. While the
 * endpoint is out of reach, signature and expiry alone decide, and every failed question is warned of.
 */
export function createRevocation(
  options: RevocationOptions,
  onWarning: (message: string, cause?: unknown) => void,
): Revocation {
  const url = secureUrl(options.introspectionUrl, 'The introspection URL')
  const activeUntil = new Map<string, number>()
  const revokedUntil = new Map<string, number>()
  const pending = new Map<string, Promise<void>>()
  let unreachableUntil = 0

  async function ask(name: string, caller: Caller): Promise<void> {
    const askedAt = Date.now()
    try {
      if (await options.store?.isRevoked(name)) revoke(revokedUntil, name, caller)
      else if (await isActive(url, options, caller)) remember(activeUntil, name, askedAt + TRUSTED_MS)
      else {
        revoke(revokedUntil, name, caller)
        await options.store?.revoke(name, caller.expiresAt * 1000)
      }
    } catch (cause) {
      unreachableUntil = askedAt + TRUSTED_MS
      onWarning('Introspection failed; tokens are accepted on their signature and expiry alone', cause)
    }
    if (revokedUntil.has(name)) throw invalidToken('revoked')
  }

  return {
    check(caller) {
      const name = JSON.stringify([caller.issuer, caller.tokenId])
      const now = Date.now()
      if (revokedUntil.has(name)) throw invalidToken('revoked')
      if ((activeUntil.get(name) ?? 0) > now || unreachableUntil > now) return undefined
      const running = pending.get(name) ?? ask(name, caller).finally(() => pending.delete(name))
      pending.set(name, running)
      return running
    },
  }
}

/** RFC 7662 section 2.1, the client authenticated as in RFC 6749 section 2.3.1. */
async function isActive(url: URL, options: RevocationOptions, caller: Caller): Promise<boolean> {
  const credentials = [options.clientId, options.clientSecret.reveal()].map(formEncode).join(':')
  const answer = await fetchJson(url, {
    method: 'POST',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: {
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: new URLSearchParams({ token: caller.token.reveal(), token_type_hint: 'access_token' }).toString(),
  })
  const { active } = Object(answer) as Record<string, unknown>
  if (typeof active !== 'boolean') throw new Error('The answer has no active member')
  return active
}

function formEncode(value: string): string {
  return new URLSearchParams({ v: value }).toString().slice(2)
}

/** Refused until it has expired anyway: forgetting it earlier would let it work again. */
function revoke(map: Map<string, number>, name: string, { expiresAt }: Caller): void {
  const longExpired = Date.now() - 60_000
  for (const [other, until] of map) if (until < longExpired) map.delete(other)
  map.set(name, expiresAt * 1000)
}

function remember(map: Map<string, number>, name: string, until: number): void {
  map.delete(name)
  map.set(name, until)
  const [oldest] = map.keys()
  if (map.size > MAX_REMEMBERED && oldest !== undefined) map.delete(oldest)
}
