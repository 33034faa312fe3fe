import type { Caller } from '@scalekit-mcp/auth'
import { ToolError } from './errors.js'

/** One call has this long, its reads of the confirmation's target included. */
const DEADLINE_MS = 5_500

/**
 * Of each caller the one of a call that ended well: nothing listens to its signal any more, and it never fired, so it is as
 * good as a new one. Each new one has a shape of its own, which made a call of the API an eighth slower.
 */
const unused = new WeakMap<Caller, AbortController>()

function takeController(caller: Caller): AbortController {
  const controller = unused.get(caller) ?? new AbortController()
  unused.delete(caller)
  return controller
}

/** Tells a call that its client has gone. */
export interface Ending {
  /** @returns what takes the listener away; a call whose client has gone already is told at once */
  onGone(listener: () => void): () => void
}

/** The ending of a call that comes with a signal. */
export function endingOf(signal: AbortSignal): Ending {
  return {
    onGone(listener) {
      if (signal.aborted) listener()
      else signal.addEventListener('abort', listener)
      return () => signal.removeEventListener('abort', listener)
    },
  }
}

/**
 * Ends with the client or with the time, whichever comes first; a call that ended in time leaves nothing behind.
 *
 * @param run is given what makes the signal: most calls need none, and one takes a tenth of a small call
 */
export function withDeadline<Value>(
  caller: Caller,
  ending: Ending,
  run: (signal: () => AbortSignal) => Promise<Value>,
): Promise<Value> {
  let ended = false
  let controller: AbortController | undefined
  const signal = () => {
    if (ended) return AbortSignal.abort()
    controller ??= takeController(caller)
    return controller.signal
  }
  return new Promise((resolve, reject) => {
    const refuse = () => {
      ended = true
      reject(new ToolError('upstream_timeout', 'The call was not finished in time.'))
      controller?.abort()
    }
    const timer = setTimeout(refuse, DEADLINE_MS)
    const leave = ending.onGone(refuse)
    const settled = () => {
      clearTimeout(timer)
      leave()
    }
    run(signal).then(
      (value) => {
        settled()
        if (controller && !ended) unused.set(caller, controller)
        ended = true
        controller = undefined
        resolve(value)
      },
      (error: unknown) => {
        settled()
        reject(error)
      },
    )
  })
}
