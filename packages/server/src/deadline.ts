import { shareSignal } from '@scalekit-mcp/api'
import type { Caller } from '@scalekit-mcp/auth'
import { ToolError } from './errors.js'

/**
 * Of each caller those of calls that ended well: nothing listens to their signals any more, and they never fired, so they are
 * as good as new ones. A new one has a shape of its own, which made a call of the API an eighth slower.
 */
const unused = new WeakMap<Caller, AbortController[]>()
/** A caller has seldom more calls under way. */
const MAX_UNUSED = 16

function takeController(caller: Caller): AbortController {
  const known = unused.get(caller)?.pop()
  if (known) return known
  const controller = new AbortController()
  shareSignal(controller.signal)
  return controller
}

function giveBack(caller: Caller, controller: AbortController): void {
  const own = unused.get(caller)
  if (!own) unused.set(caller, [controller])
  else if (own.length < MAX_UNUSED) own.push(controller)
}

/** Tells a call that its client has gone. */
export interface Ending {
  /** A call whose client has gone already is told at once. */
  onGone(listener: () => void): void
  offGone(listener: () => void): void
}

/** The ending of a call that comes with a signal. */
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
 * Ends with the client or with the time, whichever comes first; a call that ended in time leaves nothing behind.
 *
 * @param ms how long the call has
 * @param run is given what makes the signal: most calls need none, and one takes a tenth of a small call
 */
export function withDeadline<Value>(
  caller: Caller,
  ending: Ending,
  ms: number,
  run: (deadline: Deadline) => Promise<Value>,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const deadline = new Deadline(caller, ending, ms, reject)
    run(deadline).then(
      (value) => {
        deadline.met()
        resolve(value)
      },
      (error: unknown) => {
        deadline.leave()
        reject(error)
      },
    )
  })
}

/** How long a call has. */
export class Deadline {
  #controller: AbortController | undefined
  #ended = false
  readonly #caller: Caller
  readonly #ending: Ending
  readonly #timer: NodeJS.Timeout
  readonly #refuse: () => void

  constructor(caller: Caller, ending: Ending, ms: number, refuse: (error: ToolError) => void) {
    this.#caller = caller
    this.#ending = ending
    this.#refuse = () => {
      this.#ended = true
      refuse(new ToolError('upstream_timeout', 'The call was not finished in time.'))
      this.#controller?.abort()
    }
    this.#timer = setTimeout(this.#refuse, ms)
    ending.onGone(this.#refuse)
  }

  /** Fires at the deadline. */
  signal(): AbortSignal {
    if (this.#ended) return AbortSignal.abort()
    this.#controller ??= takeController(this.#caller)
    return this.#controller.signal
  }

  /** The call ended well. */
  met(): void {
    this.leave()
    if (this.#controller && !this.#ended) giveBack(this.#caller, this.#controller)
    this.#ended = true
    this.#controller = undefined
  }

  /** The call waits for neither the time nor the client any more. */
  leave(): void {
    clearTimeout(this.#timer)
    this.#ending.offGone(this.#refuse)
  }
}
