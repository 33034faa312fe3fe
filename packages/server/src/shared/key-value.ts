import { ToolError } from '../errors.js'

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

/** Callers put entries in at the price of a write. */
const MAX_ENTRIES = 20_000

/**
 * For one process: in its memory. Nothing is dropped before its time, because a call whose memory is lost could be made again:
 * where there are too many entries, a new one is refused.
 *
 * Writing throws ToolError `confirmation_unavailable` then.
 */
export function createKeyValue(): KeyValue {
  const entries = new Map<string, { readonly value: unknown; readonly until: number }>()
  const find = (key: string) => {
    const entry = entries.get(key)
    if (entry === undefined || entry.until > Date.now()) return entry
    entries.delete(key)
    return undefined
  }
  const put = (key: string, value: unknown, ms: number) => {
    if (entries.size >= MAX_ENTRIES && !entries.has(key)) makeRoom()
    entries.set(key, { value, until: Date.now() + ms })
  }
  const makeRoom = () => {
    for (const key of [...entries.keys()]) find(key)
    if (entries.size < MAX_ENTRIES) return
    throw new ToolError('confirmation_unavailable', 'Too many calls wait for a person.', {
      nextStep: 'Nothing was changed. Call again in a few minutes.',
    })
  }
  return {
    async add(key, value, ms) {
      if (find(key)) return false
      put(key, value, ms)
      return true
    },
    async put(key, value, ms) {
      put(key, value, ms)
    },
    async get(key) {
      return find(key)?.value
    },
    async delete(key) {
      return find(key) !== undefined && entries.delete(key)
    },
  }
}
