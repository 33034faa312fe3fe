import type { ServerResponse } from 'node:http'
import type { Ending } from '../call/deadline.js'

/** The client of a call has gone when its connection closes before the answer, or when it cancels the call. */
export class CallEnding implements Ending {
  readonly #res: ServerResponse
  readonly #listeners = new Set<() => void>()
  #cancelled = false

  constructor(res: ServerResponse) {
    this.#res = res
  }

  /** MCP 2025-11-25, "Cancellation": nothing that the call asks about may happen any more. */
  cancel(): void {
    this.#cancelled = true
    for (const listener of [...this.#listeners]) listener()
  }

  onGone(listener: () => void): void {
    if (this.#cancelled || this.#res.destroyed) {
      listener()
      return
    }
    this.#listeners.add(listener)
    this.#res.on('close', listener)
  }

  offGone(listener: () => void): void {
    this.#listeners.delete(listener)
    this.#res.off('close', listener)
  }
}
