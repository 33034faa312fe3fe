import { AuthError } from './errors.js'
import type { HttpRequest } from './http-message.js'

/** Node 20 drops headers past its own limit of 2000 without a word, where a server has one: stop far below it. */
const MAX_HEADERS = 100
const SINGLE = new Set(['host', 'content-type', 'content-length', 'content-encoding', 'origin'])

/**
 * Refuses a request with more than 100 header fields, or with two of a field that may appear once
 * (RFC 9110 section 5.3): Node keeps the first, a proxy may have looked at the last.
 *
 * @throws AuthError `headers_too_large` or `invalid_request`
 */
export function checkHeaders({ rawHeaders }: HttpRequest): void {
  if (rawHeaders.length > 2 * MAX_HEADERS) {
    throw new AuthError('headers_too_large', `Send at most ${MAX_HEADERS} header fields.`)
  }
  const seen: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]?.toLowerCase() ?? ''
    if (!SINGLE.has(name) && !name.startsWith('mcp-')) continue
    if (seen.includes(name)) throw new AuthError('invalid_request', `Send the header ${name} once.`)
    seen.push(name)
  }
}
