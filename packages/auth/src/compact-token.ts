import { decodeBase64url, isCanonical } from '#platform'
import { invalidToken } from './errors.js'
import { isObject } from './is-object.js'
import { parseStrictJson, StrictJsonError } from './strict-json.js'

export interface CompactToken {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
}

const MAX_LENGTH = 8192
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads a JWS in compact serialization (RFC 7515 section 7.1) without trusting it: three canonical base64url
 * parts, header and payload each one JSON object without duplicate members (RFC 7519 section 4).
 * One token has one spelling, so what is remembered by its digest cannot be evaded by respelling it.
 *
 * @throws AuthError `invalid_token`
 */
export function readCompactToken(token: string): CompactToken {
  if (token.length > MAX_LENGTH) throw invalidToken('token_too_long')
  if (!COMPACT.test(token)) throw invalidToken('not_compact_jws')
  const [header = '', payload = '', signature = ''] = token.split('.')
  if (![header, payload, signature].every(isCanonical)) throw invalidToken('base64url_not_canonical')
  return { header: jsonObject(header), claims: jsonObject(payload) }
}

function jsonObject(part: string): Record<string, unknown> {
  const value = jsonValue(part)
  if (!isObject(value)) throw invalidToken('not_a_json_object')
  return value
}

function jsonValue(part: string): unknown {
  try {
    return parseStrictJson(utf8.decode(decodeBase64url(part)))
  } catch (error) {
    throw invalidToken(error instanceof StrictJsonError ? `json_${error.problem}` : 'not_utf8')
  }
}
