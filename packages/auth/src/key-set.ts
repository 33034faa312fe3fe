import { type CryptoKey, createLocalJWKSet, type JWK, type JWTHeaderParameters } from 'jose'
import { endsWithin } from './ends-within.js'
import { invalidToken, temporarilyUnavailable } from './errors.js'
import { fetchJson } from './fetch-json.js'

const FRESH_MS = 5 * 60_000
const LAST_GOOD_MS = 24 * 60 * 60_000
const UNKNOWN_KID_COOLDOWN_MS = 30_000
const COLD_RETRY_MS = 1_000
/** For metadata and keys together, so that a withdrawn key is gone 310 seconds later at the latest. */
const ATTEMPT_MS = 4_000

/** The issuer's signing keys, kept fresh. */
export interface KeySet {
  /** Changes when a key was added or withdrawn: what was verified under another version counts no more. */
  readonly version: number
  /** Whether `refreshIfDue` has something to do. */
  readonly isDue: boolean
  /**
   * Makes sure that a usable copy is there.
   * @throws AuthError `temporarily_unavailable` when no copy is younger than 24 hours
   */
  refreshIfDue(): Promise<void>
  /** @throws AuthError `invalid_token` for a key that the issuer does not publish */
  find(header: JWTHeaderParameters): Promise<CryptoKey>
  close(): void
}

interface Copy {
  readonly find: (header: JWTHeaderParameters) => Promise<CryptoKey>
  readonly kids: ReadonlySet<string | undefined>
  readonly size: number
  readonly loadedAt: number
  readonly text: string
}

/**
 * Follows a key set: read again every 5 minutes, and for an unknown `kid` at most every 30 seconds, one
 * request at a time. Through an outage the last good copy serves for up to 24 hours.
 *
 * @param locate gives the key set's URL; asked before every read, so that a moved key set is found
 */
export function createKeySet(
  locate: (signal: AbortSignal) => Promise<URL>,
  algorithms: readonly string[],
  onWarning: (message: string, cause?: unknown) => void,
): KeySet {
  let closed = false
  let current: AbortController | undefined
  let copy: Copy | undefined
  let version = 0
  let attemptedAt = Number.NEGATIVE_INFINITY
  let failure: unknown
  let loading: Promise<void> | undefined

  const sinceAttempt = () => Date.now() - attemptedAt
  const age = () => (copy ? Math.abs(Date.now() - copy.loadedAt) : Number.POSITIVE_INFINITY)

  const isDue = () => age() >= FRESH_MS

  function load(): Promise<void> {
    loading ??= attempt().finally(() => {
      loading = undefined
    })
    return loading
  }

  async function attempt(): Promise<void> {
    attemptedAt = Date.now()
    try {
      // One for each attempt: on Workers, a signal belongs to the request that made it.
      current = new AbortController()
      if (closed) current.abort()
      const signal = endsWithin(ATTEMPT_MS, current.signal)
      const next = copyOf(await fetchJson(await locate(signal), { signal }), algorithms)
      if (next.text !== copy?.text) version++
      copy = next
      failure = undefined
    } catch (cause) {
      failure = cause
      onWarning('The key set could not be read; the last good copy serves for up to 24 hours', cause)
    }
  }

  async function loadOrRefuse(): Promise<void> {
    const justFailed = failure !== undefined && !loading && sinceAttempt() < COLD_RETRY_MS
    if (!justFailed) await load()
    if (age() >= LAST_GOOD_MS) throw temporarilyUnavailable('no_key_set', failure)
  }

  async function refreshIfDue(): Promise<void> {
    if (!isDue()) return
    if (age() >= LAST_GOOD_MS) await loadOrRefuse()
    else if (failure === undefined) await load()
    // An outage: the last good copy serves at once, and the next attempt runs behind it.
    else if (sinceAttempt() >= UNKNOWN_KID_COOLDOWN_MS) void load()
  }

  return {
    get version() {
      return version
    },
    get isDue() {
      return isDue()
    },
    refreshIfDue,
    async find(header) {
      await refreshIfDue()
      const isKnown = () => copy?.kids.has(header.kid) === true
      if (header.kid !== undefined && !isKnown() && sinceAttempt() >= UNKNOWN_KID_COOLDOWN_MS) await load()
      if (!copy) throw temporarilyUnavailable('no_key_set', failure)
      if (header.kid === undefined && copy.size > 1) throw invalidToken('kid_missing')
      if (header.kid !== undefined && !isKnown()) throw invalidToken('kid_unknown')
      return copy.find(header)
    },
    close() {
      closed = true
      current?.abort()
    },
  }
}

/** Keeps the public signature keys that fit the algorithms in use; everything else in the set is ignored. */
function copyOf(document: unknown, algorithms: readonly string[]): Copy {
  const { keys } = Object(document) as Record<string, unknown>
  if (!Array.isArray(keys)) throw new Error('The key set has no keys member')
  const usable = keys.filter((key) => isUsable(Object(key), algorithms)) as JWK[]
  return {
    find: createLocalJWKSet({ keys: usable }),
    kids: new Set(usable.map((key) => key.kid)),
    size: usable.length,
    loadedAt: Date.now(),
    text: JSON.stringify(usable),
  }
}

function isUsable({ kty, use, alg, d, k }: Record<string, unknown>, algorithms: readonly string[]): boolean {
  const isPublicPair = (kty === 'RSA' || kty === 'EC' || kty === 'OKP') && d === undefined && k === undefined
  return isPublicPair && (use ?? 'sig') === 'sig' && (alg === undefined || algorithms.includes(String(alg)))
}
