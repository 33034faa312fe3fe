import { LRUCache } from 'lru-cache'

interface Entry<Value> {
  readonly computed: Promise<Value>
  /** Once it is known. */
  value?: Value
  expiresAt: number
}

/**
 * Values that end at a time, computed once at a time per key: concurrent callers share one computation, a
 * failed one is forgotten. Past the limit the least recently used entry goes.
 */
export class ExpiringCache<Value> {
  readonly #entries: LRUCache<string, Entry<Value>>
  readonly #now: () => number

  constructor(limit: number, now: () => number = Date.now) {
    this.#entries = new LRUCache({ max: limit })
    this.#now = now
  }

  /** @param compute returns the value and when it ends, in milliseconds since the epoch */
  get(key: string, compute: () => Promise<{ value: Value; expiresAt: number }>): Promise<Value> {
    const known = this.#entries.get(key)
    if (known && known.expiresAt > this.#now()) return known.computed
    const running = compute()
    const entry: Entry<Value> = {
      computed: running.then(({ value }) => value),
      expiresAt: Number.POSITIVE_INFINITY,
    }
    this.#entries.set(key, entry)
    running.then(
      ({ value, expiresAt }) => {
        entry.value = value
        entry.expiresAt = expiresAt
      },
      () => {
        if (this.#entries.peek(key) === entry) this.#entries.delete(key)
      },
    )
    return entry.computed
  }

  /** Forgets a value, unless another one has taken its place. */
  drop(key: string, value: Value): void {
    if (this.#entries.peek(key)?.value === value) this.#entries.delete(key)
  }
}
