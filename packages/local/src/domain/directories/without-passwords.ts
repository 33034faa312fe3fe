import type { Json } from './json.js'

/** `password`, alone or at the end of a qualified name such as `urn:…:2.0:User:password`; case does not matter. */
const PASSWORD = /(^|[:.])\s*password\s*$/i

/**
 * A directory's resource without any password, at whatever depth. A password is write-only (RFC 7643, section
 * 4.1.1), nobody signs in here with that of a directory, and so it is not even stored.
 */
export function withoutPasswords(resource: Record<string, Json>): Record<string, Json> {
  const kept = Object.entries(resource).filter(([name]) => !PASSWORD.test(name))
  return Object.fromEntries(kept.map(([name, value]) => [name, cleaned(value)]))
}

function cleaned(value: Json): Json {
  if (Array.isArray(value)) return value.map(cleaned)
  return typeof value === 'object' && value !== null ? withoutPasswords(value) : value
}
