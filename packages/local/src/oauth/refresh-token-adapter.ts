import { type AdapterPayload, errors } from 'oidc-provider'
import { type Partition, RecordAdapter, type RecordStore } from './record-adapter.js'
import type { Successors } from './refresh-successors.js'

/** How long a refresh token may be presented again, by a client that did not get the answer. */
const RETRY_MS = 30_000

/**
 * Refresh tokens, each good for one rotation (OAuth 2.1, section 4.3.1), and for a repetition of the same one: for
 * half a minute, while nobody has used its successor, it gives that successor again. After that it is a reuse,
 * which revokes the whole family.
 */
export class RefreshTokenAdapter extends RecordAdapter {
  readonly #successors: Successors

  constructor(store: RecordStore, partition: Partition, successors: Successors) {
    super(store, partition, 'RefreshToken')
    this.#successors = successors
  }

  override async find(id: string): Promise<AdapterPayload | undefined> {
    const found = await super.find(id)
    if (found === undefined || !(await this.#mayRepeat(id, found))) return found
    const { consumed: _, ...again } = found
    return again
  }

  override async consume(id: string): Promise<void> {
    try {
      await super.consume(id)
    } catch (late) {
      const found = late instanceof errors.InvalidGrant ? await super.find(id) : undefined
      if (found === undefined || !(await this.#mayRepeat(id, found))) throw late
    }
  }

  /** Times are the machine's here, as oidc-provider counts them. */
  async #mayRepeat(id: string, { consumed }: AdapterPayload): Promise<boolean> {
    if (typeof consumed !== 'number' || Date.now() >= consumed * 1000 + RETRY_MS) return false
    const successor = await super.find(this.#successors(id))
    return successor?.consumed === undefined
  }
}
