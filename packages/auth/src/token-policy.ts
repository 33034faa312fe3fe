import { invalidToken } from './errors.js'

/** `strict`: tokens of type `at+jwt` only (RFC 9068). `scalekit-compat`: also `JWT`. Tokens without a type are refused. */
export type TokenProfile = 'strict' | 'scalekit-compat'

export const CLOCK_TOLERANCE_SECONDS = 5
export const MAX_LIFETIME_SECONDS = 24 * 60 * 60
/** RFC 9068 section 2.2 */
export const REQUIRED_CLAIMS = ['iss', 'aud', 'exp', 'iat', 'sub', 'client_id', 'jti']

/** Keys, certificates and processing rules that a token must not bring along (RFC 8725 section 3.10). */
const FORBIDDEN_HEADERS = ['jku', 'jwk', 'x5u', 'x5c', 'x5t', 'x5t#S256', 'crit', 'b64', 'zip', 'enc', 'cty']
/** What an ID token, logout token, security event or DPoP proof has and an access token has not. */
const OTHER_KINDS = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events', 'htm', 'htu']

const KEY_ID = /^[\w.~:@+/=-]{1,128}$/
const ACCESS_TOKEN_TYPE = /^(application\/)?at\+jwt$/i
/** RFC 9068 claims that name someone: 1 to 255 characters, none of them a control character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
const IDENTIFIER = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]{1,255}$/

/**
 * What can be refused before a key is looked up (RFC 8725 sections 3.1, 3.10 and 3.11).
 *
 * @throws AuthError `invalid_token`
 */
export function checkHeader(
  header: Readonly<Record<string, unknown>>,
  algorithms: readonly string[],
  profile: TokenProfile,
): void {
  const { alg, typ, kid } = header
  if (typeof alg !== 'string' || !algorithms.includes(alg)) throw invalidToken('alg_not_allowed')
  if (FORBIDDEN_HEADERS.some((name) => Object.hasOwn(header, name))) throw invalidToken('header_not_allowed')
  if (kid !== undefined && (typeof kid !== 'string' || !KEY_ID.test(kid))) throw invalidToken('kid_malformed')
  if (!isAccessTokenType(typ) && !(profile === 'scalekit-compat' && isPlainJwt(typ))) {
    throw invalidToken('typ_not_access_token')
  }
}

/**
 * What is asked of the claims beyond signature, issuer, audience, expiry and presence, which jose checks.
 *
 * @throws AuthError `invalid_token`
 */
export function checkClaims(
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
): void {
  const { aud, exp, iat, sub, client_id, jti, cnf } = claims
  if (!isAudience(aud)) throw invalidToken('aud_malformed')
  if (![sub, client_id, jti].every(isIdentifier)) throw invalidToken('identifier_malformed')
  // That both are numbers, jose has checked.
  const lifetime = Number(exp) - Number(iat)
  if (lifetime <= 0) throw invalidToken('exp_before_iat')
  if (lifetime > MAX_LIFETIME_SECONDS) throw invalidToken('lifetime_too_long')
  // RFC 7800, RFC 9449 section 7.1: a token bound to a key is not a bearer token.
  if (cnf !== undefined) throw invalidToken('bound_to_a_key')
  if (isPlainJwt(header.typ) && OTHER_KINDS.some((name) => Object.hasOwn(claims, name))) {
    throw invalidToken('not_an_access_token')
  }
}

function isAccessTokenType(typ: unknown): boolean {
  return typeof typ === 'string' && ACCESS_TOKEN_TYPE.test(typ)
}

/** RFC 7519 section 5.1: a type that every kind of JWT may have. */
function isPlainJwt(typ: unknown): boolean {
  return typeof typ === 'string' && typ.toUpperCase() === 'JWT'
}

function isIdentifier(value: unknown): value is string {
  return typeof value === 'string' && IDENTIFIER.test(value)
}

function isAudience(value: unknown): value is string | string[] {
  return [value].flat().every((name) => typeof name === 'string' && name.length > 0)
}
