import { pathOf } from './resource-path.js'

/** A JWT, a bearer value, a Scalekit secret, or a long run of characters as tokens and codes have it. */
const CREDENTIAL =
  /eyJ[\w-]{5,}(\.[\w-]*){1,2}|bearer(?:[\s+]|%20)[^/]+|(?:test|live|sks?)_[A-Za-z0-9]{24,}|[\w~+=%-]{40,}/gi
const MAX_LENGTH = 200

/**
 * The path of a request target, as a log may show it: without query and authority, cut at 200 characters, with
 * `[redacted]` for what looks like a credential, because a client may put one there by mistake.
 */
export function loggedPath(target?: string): string {
  const path = pathOf(target)
  if (!path.startsWith('/') && path !== '*') return '[redacted]'
  return path.replace(CREDENTIAL, '[redacted]').slice(0, MAX_LENGTH)
}
