import { AuthError, invalidToken } from './errors.js'
import type { HttpRequest } from './http-message.js'

/** RFC 9110 section 11.1: the scheme, one space, and something. */
const BEARER = /^bearer ./i
/** RFC 6750 section 2.1 */
const B64TOKEN = /^[\w.~+/-]+=*$/

/** Always the same, so made once: it is the answer to every first request of a client. */
export const missingToken = new AuthError(
  'missing_token',
  'Send an access token: Authorization: Bearer <token>.',
)

/**
 * The one bearer token of a request, from its headers alone. A token in the query is never read (OAuth 2.1 section 5.1.1),
 * but together with one in the header it makes two credentials (RFC 6750 section 2).
 *
 * @returns undefined where there is none: every first request is one, and an exception would cost more than all its checks
 * @throws AuthError `invalid_token`, `invalid_request` for more than one credential
 */
export function readToken(req: HttpRequest): string | undefined {
  const value = req.headers.authorization
  if (value === undefined) return undefined
  if (countOf(req.rawHeaders, 'authorization') > 1 || hasQueryToken(req.url)) {
    throw new AuthError(
      'invalid_request',
      'Send one access token, in one Authorization header, and none in the URL.',
      { detail: 'several_credentials' },
    )
  }
  if (!BEARER.test(value)) return undefined
  const token = value.slice('Bearer '.length)
  if (!B64TOKEN.test(token)) throw invalidToken('not_one_token')
  return token
}

/** Whether a request brings nothing that could be a credential, also not one that is not accepted here. */
export function isAnonymous({ headers, url }: HttpRequest): boolean {
  return headers.authorization === undefined && !hasQueryToken(url)
}

function hasQueryToken(url = ''): boolean {
  const start = url.indexOf('?')
  return start >= 0 && new URLSearchParams(url.slice(start)).has('access_token')
}

function countOf(rawHeaders: readonly string[], name: string): number {
  let count = 0
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]?.toLowerCase() === name) count++
  return count
}
