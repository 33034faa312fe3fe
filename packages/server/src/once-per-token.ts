import type { Caller, Secret } from '@scalekit-mcp/auth'

/** What the calls with one token share is made for the first of them, and lives as long as the protection remembers the token. */
export function oncePerToken<Value extends object>(
  make: (caller: Caller) => Value,
): (caller: Caller) => Value {
  const made = new WeakMap<Secret, Value>()
  return (caller) => {
    const known = made.get(caller.token)
    if (known) return known
    const value = make(caller)
    made.set(caller.token, value)
    return value
  }
}
