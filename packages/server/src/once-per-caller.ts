import type { Caller } from '@scalekit-mcp/auth'

/** Computes something of a caller once, for as long as its verified token is remembered. */
export function oncePerCaller<Value>(compute: (caller: Caller) => Value): (caller: Caller) => Value {
  const known = new WeakMap<Caller, Value>()
  return (caller) => {
    const found = known.get(caller)
    if (found !== undefined) return found
    const value = compute(caller)
    known.set(caller, value)
    return value
  }
}
