import { ToolError } from '../errors.js'

/** Tells a call that its client has disconnected. */
export interface Ending {
  /** Calls `listener` at once when the client has already disconnected. */
  onGone(listener: () => void): void
  offGone(listener: () => void): void
}

/** The ending of a call that comes with an abort signal. */
export function endingOf(signal: AbortSignal): Ending {
  return {
    onGone(listener) {
      if (signal.aborted) listener()
      else signal.addEventListener('abort', listener)
    },
    offGone(listener) {
      signal.removeEventListener('abort', listener)
    },
  }
}

/** How long a call still has for its result once its requests have ended: it may have created what cannot be created again. */
const LAST_MS = 250

/**
 * Runs a call until its time is over or its client has gone. The signal aborts first, so its requests end before the call does.
 *
 * @throws ToolError `upstream_timeout`
 */
export function withDeadline<Value>(
  ending: Ending,
  ms: number,
  run: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController()
    const { signal } = controller
    const refuse = () => reject(new ToolError('upstream_timeout', 'The call was not finished in time.'))
    const end = () => {
      clearTimeout(timer)
      timer = setTimeout(refuse, LAST_MS)
      controller.abort()
    }
    let timer = setTimeout(end, ms - LAST_MS)
    const leave = () => {
      clearTimeout(timer)
      ending.offGone(end)
    }
    ending.onGone(end)
    run(signal)
      .finally(leave)
      .then(resolve, (error: unknown) => (signal.aborted ? refuse() : reject(error)))
  })
}
