interface Entry<Value> {
  /** Until it is known, the computation. */
  value: Value | Promise<Value>
  expiresAt: number
}

/**
 * Values that end at a time, computed once at a time per key: concurrent callers share one computation, a
 * failed one is forgotten. Bounded: the oldest entry goes first.
 */
export class ExpiringCache<Value> {
  readonly #entries = new Map<string, Entry<Value>>()
  readonly #limit: number
  readonly #now: () => number

  constructor(limit: number, now: () => number = Date.now) {
    this.#limit = limit
    this.#now = now
  }

  /**
   * @param compute gives the value and when it ends, in milliseconds since the epoch
   * @returns the value, where it is known; a promise where it is being computed
   */
  get(key: string, compute: () => Promise<{ value: Value; expiresAt: number }>): Value | Promise<Value> {
    const known = this.#entries.get(key)
    if (known && known.expiresAt > this.#now()) return known.value
    this.#entries.delete(key)
    const computed = compute().then(
      ({ value, expiresAt }) => {
        entry.value = value
        entry.expiresAt = expiresAt
        return value
      },
      (error: unknown) => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key)
        throw error
      },
    )
    const entry: Entry<Value> = { value: computed, expiresAt: Number.POSITIVE_INFINITY }
    this.#entries.set(key, entry)
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#limit) break
      this.#entries.delete(oldest)
    }
    return computed
  }

  /** Forgets a value, unless another one has taken its place. */
  drop(key: string, value: Value): void {
    if (this.#entries.get(key)?.value === value) this.#entries.delete(key)
  }
}
