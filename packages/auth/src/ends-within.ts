/**
 * A signal that fires with `other`, or after a time. Node 20 collects the sources of `AbortSignal.any`, timeouts included, and
 * what waits for such a signal then waits for ever.
 *
 * @param milliseconds after which the reason is a DOMException `TimeoutError`
 */
export function endsWithin(milliseconds: number, other?: AbortSignal): AbortSignal {
  if (other?.aborted) return other
  const ending = new AbortController()
  const timeout = () => ending.abort(new DOMException('The time is over', 'TimeoutError'))
  const timer: { unref?(): void } | number = setTimeout(timeout, milliseconds)
  // It keeps no process alive. Where there are none, a timer is a number.
  if (typeof timer === 'object') timer.unref?.()
  other?.addEventListener('abort', () => ending.abort(other.reason), { once: true, signal: ending.signal })
  return ending.signal
}
