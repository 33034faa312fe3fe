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
  const entries = new Map<string, Entry>()
  const pending = new Map<string, Promise<Caller>>()

  function put(digest: string, verified: VerifiedToken): void {
    const until = Math.min(verified.caller.expiresAt * 1000, now() + MAX_AGE_MS)
    entries.set(digest, { ...verified, until })
    const [oldest] = entries.keys()
    if (entries.size > MAX_ENTRIES && oldest !== undefined) entries.delete(oldest)
  }

  return {
    get(digest, keyVersion) {
      const entry = entries.get(digest)
      if (!entry) return undefined
      entries.delete(digest)
      if (entry.keyVersion !== keyVersion || entry.until <= now()) return undefined
      entries.set(digest, entry)
      return entry.caller
    },
    load(digest, verify) {
      const running = pending.get(digest)
      if (running) return running
      const started = verify()
        .then((verified) => {
          put(digest, verified)
          return verified.caller
        })
        .finally(() => pending.delete(digest))
      pending.set(digest, started)
      return started
    },
  }
}
