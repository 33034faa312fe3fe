import { errors, jwtVerify } from 'jose'
import { emitWarning, sha256 } from '#platform'
import { AccessToken, type Verification } from './access-token.js'
import type { Caller } from './caller.js'
import { type CompactToken, readCompactToken } from './compact-token.js'
import { AuthError, invalidToken } from './errors.js'
import { discoverEndpoint } from './issuer-metadata.js'
import { createKeySet, type KeySet } from './key-set.js'
import { createRevocation } from './revocation.js'
import { resolveScope, writtenScopes } from './scopes.js'
import { secureUrl } from './secure-url.js'
import { createTokenCache, type VerifiedToken } from './token-cache.js'
import { mismatchOf } from './token-mismatch.js'
import {
  CLOCK_TOLERANCE_SECONDS,
  checkClaims,
  checkHeader,
  clientIdOf,
  MAX_LIFETIME_SECONDS,
  requiredClaims,
} from './token-policy.js'
import { rulesOf, type TokenRules } from './token-profiles.js'
import { checkVerifierOptions, type TokenVerifierOptions } from './verifier-options.js'

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
 * @throws TypeError with the option that is missing or not usable, and the form that it must have
 */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  checkVerifierOptions(options)
  const { revocation: revocationOptions, onWarning = emitWarning } = options
  const algorithms = allowedAlgorithms(options.algorithms)
  const rules = rulesOf(options.profile, options.claims)
  const accepted: AcceptedTokens = { ...options, algorithms, rules, verification: options }
  const keys = createKeySet(keyLocator(options), algorithms, onWarning)
  const cache = createTokenCache(options.now)
  const revocation = revocationOptions && createRevocation(revocationOptions, onWarning, options.now)
  let remembered = 0
  let verified = 0
  const check = (token: string) => {
    verified++
    return checkToken(token, keys, accepted)
  }

  const recall = (digest: string) => {
    const known = cache.get(digest, keys.version)
    if (known) remembered++
    return known
  }

  return {
    async verify(token) {
      // What needs no key is refused without one, also while the keys are out of reach.
      if (keys.isDue) readAccepted(token, accepted)
      await keys.refreshIfDue()
      const digest = sha256(token)
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

interface AcceptedTokens extends TokenVerifierOptions {
  readonly algorithms: readonly string[]
  readonly rules: TokenRules
  /** The object by which callers of this verifier are recognized. */
  readonly verification: Verification
}

/** The full check of one token, in the order of RFC 8725: form, algorithm and kind, signature, claims. */
async function checkToken(token: string, keys: KeySet, accepted: AcceptedTokens): Promise<VerifiedToken> {
  const { algorithms, issuers, rules, now } = accepted
  const { header, claims } = readAccepted(token, accepted)
  const audiences = acceptedAudiences(accepted.audience)
  const mismatch = (audience: unknown) => mismatchOf('audience', audience, [accepted.audience].flat())
  const isForClient = rules.audienceIsClient && !Object.hasOwn(claims, 'aud')
  const keyVersion = keys.version
  try {
    await jwtVerify(token, (jwsHeader) => keys.find(jwsHeader), {
      algorithms: [...algorithms],
      issuer: [...issuers],
      ...(!isForClient && { audience: audiences }),
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      maxTokenAge: MAX_LIFETIME_SECONDS,
      requiredClaims: requiredClaims(rules),
      currentDate: new Date(now?.() ?? Date.now()),
    })
  } catch (error) {
    if (error instanceof AuthError) throw error
    const reason = reasonOf(error)
    const explanation = reason.endsWith('_aud') ? mismatch(claims.aud) : undefined
    throw invalidToken(reason, undefined, explanation)
  }
  checkClaims(header, claims, rules)
  const caller = callerOfClaims(claims, token, accepted)
  if (isForClient && !audiences.includes(caller.clientId)) {
    throw invalidToken('client_not_accepted', undefined, mismatch(caller.clientId))
  }
  return { caller, keyVersion }
}

/**
 * Form, algorithm, kind and issuer: all that can be decided without a key. An unknown `kid` makes us ask for the keys
 * again, but not for tokens of another issuer.
 */
function readAccepted(token: string, { algorithms, issuers, rules }: AcceptedTokens): CompactToken {
  const { header, claims } = readCompactToken(token)
  checkHeader(header, algorithms, rules)
  if (typeof claims.iss !== 'string' || !issuers.includes(claims.iss)) {
    throw invalidToken('iss_not_accepted', undefined, mismatchOf('issuer', claims.iss, issuers))
  }
  return { header, claims }
}

/** RFC 3986 section 6.2.3: of a URL without a path, with and without the slash are the same. Other names are not URLs. */
function acceptedAudiences(audience: string | readonly string[]): string[] {
  return [audience].flat().flatMap((each) => {
    if (!/^https?:/.test(each) || !URL.canParse(each)) return [each]
    const { origin, pathname, search } = new URL(each)
    return pathname === '/' && search === '' ? [each, origin, `${origin}/`] : [each]
  })
}

/** jose's code and the claim that failed; its message is left out, its payload as well. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) {
    return `${error.code}_${error.claim}`
  }
  return error instanceof errors.JOSEError ? error.code : 'verification_failed'
}

function callerOfClaims(
  claims: Readonly<Record<string, unknown>>,
  token: string,
  { rules, scopeAliases, verification }: AcceptedTokens,
): Caller {
  const { iss, sub, aud, exp } = claims
  const clientId = String(clientIdOf(claims, rules))
  const tokenId = claims[rules.tokenId]
  const organizationId = organizationOfClaims(claims, rules)
  const written = writtenScopes(claims, rules.scopes, scopeAliases)
  return {
    issuer: String(iss),
    subject: String(sub),
    clientId,
    scopes: new Set(written.map((name) => resolveScope(name, scopeAliases))),
    writtenScopes: written,
    audience: [aud ?? clientId].flat().map(String),
    expiresAt: Number(exp),
    ...(tokenId !== undefined && { tokenId: String(tokenId) }),
    ...(organizationId !== undefined && { organizationId }),
    claims,
    token: new AccessToken(token, verification),
  }
}

function organizationOfClaims(
  claims: Readonly<Record<string, unknown>>,
  { organization: name }: TokenRules,
): string | undefined {
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

/** Issuers are compared as strings: one that no token can have would refuse all of them. */
function checkIssuer(issuer: string): void {
  secureUrl(issuer, 'An issuer in issuers')
  if (/[\s{}]/.test(issuer)) {
    throw new TypeError('issuers must have the exact iss values: replace parts in braces, and remove spaces')
  }
}

function keyLocator({ issuers, jwksUrl }: TokenVerifierOptions): (signal: AbortSignal) => Promise<URL> {
  const [first] = issuers
  if (first === undefined) throw new TypeError('issuers must name at least one issuer')
  for (const issuer of issuers) checkIssuer(issuer)
  if (jwksUrl === undefined) return (signal) => discoverEndpoint(first, 'jwks_uri', signal)
  const url = secureUrl(jwksUrl, 'jwksUrl')
  return async () => url
}
