/** Told once that a signal has fired. */
export interface SignalListener {
  handleEvent(): void
}

const listeners = new WeakMap<AbortSignal, SignalListener[]>()

/**
 * Says that a signal serves many calls: requests share one listener to it, which is never taken away. One of its own for each
 * request took a fiftieth of a call. It is for signals that someone holds and aborts; one that `AbortSignal.any` or
 * `AbortSignal.timeout` made would be held for ever by a listener that stays.
 */
export function shareSignal(signal: AbortSignal): void {
  const waiting: SignalListener[] = []
  listeners.set(signal, waiting)
  signal.addEventListener('abort', () => {
    for (const listener of [...waiting]) listener.handleEvent()
  })
}

export function listen(signal: AbortSignal, listener: SignalListener): void {
  const waiting = listeners.get(signal)
  if (waiting) waiting.push(listener)
  else signal.addEventListener('abort', listener)
}

export function stopListening(signal: AbortSignal, listener: SignalListener): void {
  const waiting = listeners.get(signal)
  if (waiting) takeOut(waiting, listener)
  else signal.removeEventListener('abort', listener)
}

function takeOut(waiting: SignalListener[], listener: SignalListener): void {
  const at = waiting.indexOf(listener)
  if (at >= 0) waiting.splice(at, 1)
}
