import { ToolError } from './errors.js'

/** One call has this long, its reads of the confirmation's target included. */
const DEADLINE_MS = 5_500

/**
 * Of calls that ended well: nothing listens to their signals any more, and they never fired, so they are as good as new ones.
 * Each new one has a shape of its own, which made a call of the API an eighth slower.
 */
const unused: AbortController[] = []
const MOST_UNUSED = 64

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
  ending: Ending,
  run: (signal: () => AbortSignal) => Promise<Value>,
): Promise<Value> {
  let ended = false
  let controller: AbortController | undefined
  const signal = () => {
    if (ended) return AbortSignal.abort()
    controller ??= unused.pop() ?? new AbortController()
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
        if (controller && !ended && unused.length < MOST_UNUSED) unused.push(controller)
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
