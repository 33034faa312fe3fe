import { invalidToken } from './errors.js'
import type { TokenRules } from './token-profiles.js'

export const CLOCK_TOLERANCE_SECONDS = 5
export const MAX_LIFETIME_SECONDS = 24 * 60 * 60

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
  { types, unusedHeaders }: TokenRules,
): void {
  const { alg, typ, kid } = header
  if (typeof alg !== 'string' || !algorithms.includes(alg)) throw invalidToken('alg_not_allowed')
  const forbidden = FORBIDDEN_HEADERS.filter((name) => !unusedHeaders.includes(name))
  if (forbidden.some((name) => Object.hasOwn(header, name))) throw invalidToken('header_not_allowed')
  if (kid !== undefined && (typeof kid !== 'string' || !KEY_ID.test(kid))) throw invalidToken('kid_malformed')
  if (!isAccessTokenType(typ) && !types.some((type) => isType(type, header))) {
    throw invalidToken('typ_not_access_token')
  }
}

/** The claims that a token must have (RFC 9068 section 2.2), as far as they have one name each. */
export function requiredClaims({
  clientId,
  audienceIsClient,
  needsTokenId,
  tokenId,
  marks,
}: TokenRules): string[] {
  return [
    ...['iss', 'exp', 'iat', 'sub', ...Object.keys(marks)],
    ...(audienceIsClient ? [] : ['aud']),
    ...(clientId.length === 1 ? clientId : []),
    ...(needsTokenId ? [tokenId] : []),
  ]
}

/**
 * What is asked of the claims beyond signature, issuer, audience, expiry and presence, which jose checks.
 *
 * @throws AuthError `invalid_token`
 */
export function checkClaims(
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
  rules: TokenRules,
): void {
  const { aud, exp, iat, sub, cnf } = claims
  if (aud !== undefined && !isAudience(aud)) throw invalidToken('aud_malformed')
  const tokenId = claims[rules.tokenId]
  const identifiers = [sub, clientIdOf(claims, rules), ...(tokenId === undefined ? [] : [tokenId])]
  if (!identifiers.every(isIdentifier)) throw invalidToken('identifier_malformed')
  // That both are numbers, jose has checked.
  const lifetime = Number(exp) - Number(iat)
  if (lifetime <= 0) throw invalidToken('exp_before_iat')
  if (lifetime > MAX_LIFETIME_SECONDS) throw invalidToken('lifetime_too_long')
  // RFC 7800, RFC 9449 section 7.1: a token bound to a key is not a bearer token.
  if (cnf !== undefined) throw invalidToken('bound_to_a_key')
  const isMarked = Object.entries(rules.marks).every(([name, value]) => claims[name] === value)
  const isOfOtherKind = OTHER_KINDS.some((name) => Object.hasOwn(claims, name))
  if (!isMarked || (!isAccessTokenType(header.typ) && isOfOtherKind)) {
    throw invalidToken('not_an_access_token')
  }
}

/** The client id, in the first of its claims that the token has. */
export function clientIdOf(
  claims: Readonly<Record<string, unknown>>,
  { clientId }: Pick<TokenRules, 'clientId'>,
): unknown {
  const name = clientId.find((each) => Object.hasOwn(claims, each))
  return name === undefined ? undefined : claims[name]
}

/** RFC 7519 section 5.1: `JWT` is a type that every kind of JWT may have. */
function isType(type: 'JWT' | undefined, header: Readonly<Record<string, unknown>>): boolean {
  if (type === undefined) return !Object.hasOwn(header, 'typ')
  return typeof header.typ === 'string' && header.typ.toUpperCase() === type
}

function isAccessTokenType(typ: unknown): boolean {
  return typeof typ === 'string' && ACCESS_TOKEN_TYPE.test(typ)
}

function isIdentifier(value: unknown): value is string {
  return typeof value === 'string' && IDENTIFIER.test(value)
}

function isAudience(value: unknown): value is string | string[] {
  return [value].flat().every((name) => typeof name === 'string' && name.length > 0)
}
