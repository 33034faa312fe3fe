/**
 * Values that end at a time, computed once at a time per key: concurrent callers share one computation, a
 * failed one is forgotten. Bounded: the oldest entry goes first.
 */
export class ExpiringCache<Value> {
  readonly #entries = new Map<string, { value: Promise<Value>; expiresAt: number }>()
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  /**
   * @param compute gives the value and when it ends, in milliseconds since the epoch
   */
  get(key: string, compute: () => Promise<{ value: Value; expiresAt: number }>): Promise<Value> {
    const known = this.#entries.get(key)
    if (known && known.expiresAt > Date.now()) return known.value
    this.#entries.delete(key)
    const entry = { value: undefined as unknown as Promise<Value>, expiresAt: Number.POSITIVE_INFINITY }
    entry.value = compute().then(
      ({ value, expiresAt }) => {
        entry.expiresAt = expiresAt
        return value
      },
      (error: unknown) => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key)
        throw error
      },
    )
    this.#entries.set(key, entry)
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#limit) break
      this.#entries.delete(oldest)
    }
    return entry.value
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }
}
