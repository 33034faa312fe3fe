/**
 * Parses a configured URL and refuses one that would send keys or secrets in clear over a public network:
 * https always, http only to this machine or to a name without a dot (a container on a private network).
 *
 * @throws TypeError naming `what` when the URL is malformed, not http(s), or insecure.
 */
export function secureUrl(value: string, what: string): URL {
  const problem = insecureUrl(value, what)
  if (problem !== undefined) throw new TypeError(problem)
  return new URL(value)
}

/** Why `secureUrl` would refuse a URL, without a full stop. */
export function insecureUrl(value: string, what: string): string | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (!url) return `${what} is not a URL`
  if (url.username || url.password || url.hash) {
    return `${what} must not hold a user name, a password or a fragment`
  }
  const isPrivate = isLoopback(url.hostname) || !/[.:]/.test(url.hostname)
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isPrivate)) return undefined
  return `${what} must be an https URL (http is for localhost and container names only)`
}

/** 127.0.0.0/8 and ::1 (RFC 6890), the unspecified addresses, which connect to the same, and the names of RFC 6761. */
const LOOPBACK =
  /^(?:(?:.+\.)?localhost\.?|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:(?:7f[0-9a-f]{2}:[0-9a-f]{1,4}|0:0)\])$/

/** Whether a URL's hostname (as the URL parser writes it) is this machine. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname)
}
