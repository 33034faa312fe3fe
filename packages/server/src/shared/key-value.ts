import { LRUCache } from 'lru-cache'

/** What a person is waited for with, for minutes: replicas share it where they share anything. */
export interface KeyValue {
  /**
   * Writes only where nothing is kept under the key.
   *
   * @param value JSON
   * @returns false where something is
   */
  add(key: string, value: unknown, ms: number): Promise<boolean>
  put(key: string, value: unknown, ms: number): Promise<void>
  /** @returns undefined for what was never kept, was deleted, or is over */
  get(key: string): Promise<unknown>
  /** @returns whether it was kept until now */
  delete(key: string): Promise<boolean>
}

/** Callers put entries in at the price of a write; of these many the least recently used one goes. */
const MAX_ENTRIES = 10_000

/** For one process: in its memory. */
export function createKeyValue(): KeyValue {
  const entries = new LRUCache<string, { readonly value: unknown }>({ max: MAX_ENTRIES })
  const put = (key: string, value: unknown, ms: number) => void entries.set(key, { value }, { ttl: ms })
  return {
    async add(key, value, ms) {
      if (entries.has(key)) return false
      put(key, value, ms)
      return true
    },
    async put(key, value, ms) {
      put(key, value, ms)
    },
    async get(key) {
      return entries.get(key)?.value
    },
    async delete(key) {
      return entries.delete(key)
    },
  }
}
