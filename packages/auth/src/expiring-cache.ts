import { LRUCache } from 'lru-cache'

/** A value, and when it ends in milliseconds since the epoch. */
export interface Expiring<Value> {
  readonly value: Value
  readonly expiresAt: number
}

/** Values that end at a time. Concurrent callers of a key share one computation; one that failed is forgotten. */
export interface ExpiringCache<Value> {
  get(key: string, compute: () => Promise<Expiring<Value>>): Promise<Value>
}

/** Of more than `max` values the least recently used one goes. */
export function createExpiringCache<Value>(max: number, now: () => number): ExpiringCache<Value> {
  const known = new LRUCache<string, Expiring<Value>>({ max })
  const pending = new Map<string, Promise<Value>>()

  return {
    async get(key, compute) {
      const entry = known.get(key)
      if (entry && entry.expiresAt > now()) return entry.value
      const running = pending.get(key)
      if (running) return running
      const started = compute()
        .then((computed) => {
          known.set(key, computed)
          return computed.value
        })
        .finally(() => pending.delete(key))
      pending.set(key, started)
      return started
    },
  }
}
