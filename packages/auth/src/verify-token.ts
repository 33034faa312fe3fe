import { hash } from 'node:crypto'
import { errors, jwtVerify } from 'jose'
import type { Caller } from './caller.js'
import { type CompactToken, readCompactToken } from './compact-token.js'
import { AuthError, invalidToken } from './errors.js'
import { discoverJwksUrl } from './issuer-metadata.js'
import { createKeySet, type KeySet } from './key-set.js'
import { createRevocation, type RevocationOptions } from './revocation.js'
import { type ScopeAliases, scopesOfClaims } from './scopes.js'
import { Secret } from './secret.js'
import { secureUrl } from './secure-url.js'
import { createTokenCache, type VerifiedToken } from './token-cache.js'
import {
  CLOCK_TOLERANCE_SECONDS,
  checkClaims,
  checkHeader,
  MAX_LIFETIME_SECONDS,
  REQUIRED_CLAIMS,
  type TokenProfile,
} from './token-policy.js'
import { shownName } from './token-refusals.js'

export interface TokenVerifierOptions {
  /** The exact `iss` values that are accepted; all of them sign with the same key set. */
  readonly issuers: readonly string[]
  /** The resource's own URL (RFC 8707): one of the token's audiences has to be this string. */
  readonly audience: string
  /** Where the keys are. Otherwise the metadata of the first issuer says (RFC 8414). */
  readonly jwksUrl?: string
  /** Default `strict`. */
  readonly profile?: TokenProfile
  /**
   * The claim that names the caller's organization. Default: `oid` with the profile `scalekit-compat`, otherwise none,
   * because other issuers mean something else by it (in Entra, `oid` is the user).
   */
  readonly organizationClaim?: string
  /** Default RS256 and ES256. */
  readonly algorithms?: readonly string[]
  readonly scopeAliases?: ScopeAliases
  /** Also asks the authorization server; without it a token is valid until it expires. */
  readonly revocation?: RevocationOptions
  /** The time in milliseconds since the epoch. Default: the machine's. */
  readonly now?: () => number
  /** Called when keys or introspection are out of reach; never with anything of a token. */
  readonly onWarning?: (message: string, cause?: unknown) => void
}

export interface TokenVerifier {
  /**
   * @throws AuthError `invalid_token`, or `temporarily_unavailable` when no keys could be had
   */
  verify(token: string): Promise<Caller>
  /**
   * Resolves when the key set was loaded at least once.
   * @throws AuthError `temporarily_unavailable`
   */
  ready(): Promise<void>
  /** Tokens that were remembered from an earlier request, and those that were checked in full. */
  counts(): { readonly remembered: number; readonly verified: number }
  close(): void
}

/**
 * Verifies OAuth 2.1 access tokens: JWTs as of RFC 9068, under the rules of RFC 8725.
 *
 * @throws TypeError when an option is not usable
 */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { revocation: revocationOptions, onWarning = () => undefined } = options
  const algorithms = allowedAlgorithms(options.algorithms)
  const keys = createKeySet(keyLocator(options), algorithms, onWarning)
  const cache = createTokenCache(options.now)
  const revocation = revocationOptions && createRevocation(revocationOptions, onWarning, options.now)
  let remembered = 0
  let verified = 0
  const check = (token: string) => {
    verified++
    return checkToken(token, keys, algorithms, options)
  }

  const recall = (digest: string) => {
    const known = cache.get(digest, keys.version)
    if (known) remembered++
    return known
  }

  return {
    async verify(token) {
      // What needs no key is refused without one, also while the keys are out of reach.
      if (keys.isDue) readAccepted(token, algorithms, options)
      await keys.refreshIfDue()
      const digest = hash('sha256', token, 'base64url')
      const caller = recall(digest) ?? (await cache.load(digest, () => check(token)))
      return revocation ? revocation.check(caller) : caller
    },
    async ready() {
      await keys.refreshIfDue()
    },
    counts: () => ({ remembered, verified }),
    close: () => keys.close(),
  }
}

/** The full check of one token, in the order of RFC 8725: form, algorithm and kind, signature, claims. */
async function checkToken(
  token: string,
  keys: KeySet,
  algorithms: readonly string[],
  options: TokenVerifierOptions,
): Promise<VerifiedToken> {
  const { issuers, audience } = options
  const { header, claims } = readAccepted(token, algorithms, options)
  const keyVersion = keys.version
  try {
    await jwtVerify(token, (jwsHeader) => keys.find(jwsHeader), {
      algorithms: [...algorithms],
      issuer: [...issuers],
      audience: equivalentAudiences(audience),
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      maxTokenAge: MAX_LIFETIME_SECONDS,
      requiredClaims: REQUIRED_CLAIMS,
      currentDate: new Date(options.now?.() ?? Date.now()),
    })
  } catch (error) {
    throw error instanceof AuthError ? error : refusalOf(error, claims.aud, audience)
  }
  checkClaims(header, claims)
  return { caller: callerOfClaims(claims, token, options), keyVersion }
}

/**
 * Form, algorithm, kind and issuer: all that can be decided without a key. An unknown `kid` makes us ask for the keys
 * again, but not for tokens of another issuer.
 */
function readAccepted(
  token: string,
  algorithms: readonly string[],
  { issuers, profile = 'strict' }: TokenVerifierOptions,
): CompactToken {
  const { header, claims } = readCompactToken(token)
  checkHeader(header, algorithms, profile)
  if (typeof claims.iss !== 'string' || !issuers.includes(claims.iss)) {
    const reason = `The token is from ${shownName(claims.iss)}, and this server accepts tokens from ${issuers.join(', ')}.`
    throw invalidToken('iss_not_accepted', undefined, reason)
  }
  return { header, claims }
}

/** RFC 3986 section 6.2.3: of a URL without a path, with and without the slash are the same. */
function equivalentAudiences(audience: string): string[] {
  const { origin, pathname, search } = new URL(audience)
  return pathname === '/' && search === '' ? [audience, origin, `${origin}/`] : [audience]
}

/** jose's code and the claim that failed; its message is left out, its payload as well. */
function refusalOf(error: unknown, aud: unknown, audience: string): AuthError {
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) {
    const reason = `The token is for ${shownName(aud)}, and this server is ${audience}.`
    return invalidToken(`${error.code}_${error.claim}`, undefined, error.claim === 'aud' ? reason : undefined)
  }
  return invalidToken(error instanceof errors.JOSEError ? error.code : 'verification_failed')
}

function callerOfClaims(
  claims: Readonly<Record<string, unknown>>,
  token: string,
  options: TokenVerifierOptions,
): Caller {
  const { iss, sub, client_id, aud, exp, jti } = claims
  const organizationId = organizationOfClaims(claims, options)
  return {
    issuer: String(iss),
    subject: String(sub),
    clientId: String(client_id),
    scopes: scopesOfClaims(claims, options.scopeAliases),
    audience: [aud].flat().map(String),
    expiresAt: Number(exp),
    tokenId: String(jti),
    ...(organizationId !== undefined && { organizationId }),
    claims,
    token: new Secret(token),
  }
}

function organizationOfClaims(
  claims: Readonly<Record<string, unknown>>,
  { organizationClaim, profile }: TokenVerifierOptions,
): string | undefined {
  const name = organizationClaim ?? (profile === 'scalekit-compat' ? 'oid' : undefined)
  const organization = name !== undefined && Object.hasOwn(claims, name) ? claims[name] : undefined
  return typeof organization === 'string' && organization !== '' ? organization : undefined
}

function allowedAlgorithms(algorithms: readonly string[] = ['RS256', 'ES256']): readonly string[] {
  const isAsymmetric = (name: string) => /^((RS|PS|ES)(256|384|512)|EdDSA|Ed25519)$/.test(name)
  if (algorithms.length === 0 || !algorithms.every(isAsymmetric)) {
    throw new TypeError('algorithms must name asymmetric JWS algorithms (RFC 7518 section 3.1)')
  }
  return algorithms
}

function keyLocator({ issuers, jwksUrl }: TokenVerifierOptions): (signal: AbortSignal) => Promise<URL> {
  const [first] = issuers
  if (first === undefined) throw new TypeError('issuers must name at least one issuer')
  for (const issuer of issuers) secureUrl(issuer, 'An issuer')
  if (jwksUrl === undefined) return (signal) => discoverJwksUrl(first, signal)
  const url = secureUrl(jwksUrl, 'jwksUrl')
  return async () => url
}
