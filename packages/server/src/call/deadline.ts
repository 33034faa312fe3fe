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

/**
 * Runs a call until its time is over or its client has gone. The signal then aborts, so its requests end too.
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
    const end = () => {
      reject(new ToolError('upstream_timeout', 'The call was not finished in time.'))
      controller.abort()
    }
    const timer = setTimeout(end, ms)
    const leave = () => {
      clearTimeout(timer)
      ending.offGone(end)
    }
    ending.onGone(end)
    run(controller.signal).finally(leave).then(resolve, reject)
  })
}
