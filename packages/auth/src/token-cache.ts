import { LRUCache } from 'lru-cache'
import type { Caller } from './caller.js'

const MAX_AGE_MS = 60_000
const MAX_ENTRIES = 10_000

export interface VerifiedToken {
  readonly caller: Caller
  /** The version of the key set that the signature was checked against. */
  readonly keyVersion: number
}

interface Entry extends VerifiedToken {
  readonly until: number
}

/** Remembers verified tokens by the SHA-256 of the whole token. */
export interface TokenCache {
  /** The caller, unless the entry is too old or was verified under another version of the key set. */
  get(digest: string, keyVersion: number): Caller | undefined
  /** Runs `verify` once for however many requests bring the same token at the same time. */
  load(digest: string, verify: () => Promise<VerifiedToken>): Promise<Caller>
}

/** Holds an entry until the token's expiry or for 60 seconds; of 10,000 the least recently used one goes. */
export function createTokenCache(now: () => number = Date.now): TokenCache {
  const entries = new LRUCache<string, Entry>({ max: MAX_ENTRIES })
  const pending = new Map<string, Promise<Caller>>()

  return {
    get(digest, keyVersion) {
      const entry = entries.get(digest)
      return entry?.keyVersion === keyVersion && entry.until > now() ? entry.caller : undefined
    },
    load(digest, verify) {
      const running = pending.get(digest)
      if (running) return running
      const started = verify()
        .then((verified) => {
          const until = Math.min(verified.caller.expiresAt * 1000, now() + MAX_AGE_MS)
          entries.set(digest, { ...verified, until })
          return verified.caller
        })
        .finally(() => pending.delete(digest))
      pending.set(digest, started)
      return started
    },
  }
}
