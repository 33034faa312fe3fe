import type { IncomingMessage } from 'node:http'
import { AuthError, invalidToken } from './errors.js'
import { hasRepeatedName } from './header-limits.js'

/** RFC 6750 section 2.1 and RFC 9110 section 11.1: one scheme, one space, one b64token. */
const BEARER = /^bearer ([\w.~+/-]+=*)$/i
const BEARER_WITH_MORE = /^bearer ./i

/** Always the same, so made once: it is the answer to every first request of a client. */
const missingToken = new AuthError('missing_token', 'Send an access token: Authorization: Bearer <token>.')

/**
 * The one bearer token of a request, from its headers alone. A token in the query is never read (OAuth 2.1
 * section 5.1.1), but together with one in the header it makes two credentials (RFC 6750 section 2).
 *
 * @throws AuthError `missing_token`, `invalid_request` for more than one credential, `invalid_token` for a
 * Bearer value that is not one token
 */
export function readCredential(req: IncomingMessage): string {
  const value = req.headers.authorization
  if (value === undefined) throw missingToken
  if (isRepeated(req, 'authorization') || hasQueryToken(req.url)) {
    throw new AuthError(
      'invalid_request',
      'Send one access token, in one Authorization header, and none in the URL.',
      { detail: 'several_credentials' },
    )
  }
  const token = BEARER.exec(value)?.[1]
  if (token !== undefined) return token
  throw BEARER_WITH_MORE.test(value) ? invalidToken('not_one_token') : missingToken
}

function hasQueryToken(url = ''): boolean {
  const start = url.indexOf('?')
  return start >= 0 && new URLSearchParams(url.slice(start)).has('access_token')
}

function isRepeated(req: IncomingMessage, name: string): boolean {
  if (!hasRepeatedName(req)) return false
  const named = req.rawHeaders.filter((each, index) => index % 2 === 0 && each.toLowerCase() === name)
  return named.length > 1
}
