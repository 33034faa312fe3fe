import { hash } from 'node:crypto'
import { errors, jwtVerify } from 'jose'
import type { Caller } from './caller.js'
import { type CompactToken, readCompactToken } from './compact-token.js'
import { AuthError, invalidToken } from './errors.js'
import { discoverEndpoint } from './issuer-metadata.js'
import { createKeySet, type KeySet } from './key-set.js'
import { createRevocation, type RevocationOptions } from './revocation.js'
import { resolveScope, type ScopeAliases, writtenScopes } from './scopes.js'
import { Secret } from './secret.js'
import { secureUrl } from './secure-url.js'
import { createTokenCache, type VerifiedToken } from './token-cache.js'
import {
  CLOCK_TOLERANCE_SECONDS,
  checkClaims,
  checkHeader,
  clientIdOf,
  MAX_LIFETIME_SECONDS,
  requiredClaims,
} from './token-policy.js'
import { type ClaimNames, rulesOf, type TokenProfile, type TokenRules } from './token-profiles.js'

export interface TokenVerifierOptions {
  /** The exact `iss` values that are accepted; all of them sign with the same key set. */
  readonly issuers: readonly string[]
  /**
   * The resource's own URL (RFC 8707): one of the token's audiences has to be this string. A list, where the issuer has
   * other names for the resource: any of them.
   */
  readonly audience: string | readonly string[]
  /** Where the keys are. Otherwise the metadata of the first issuer says (RFC 8414). */
  readonly jwksUrl?: string
  /** Default `strict`. */
  readonly profile?: TokenProfile
  /** Names of claims that replace those of the profile. Only `scalekit-compat` has an organization otherwise. */
  readonly claims?: ClaimNames
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
  const accepted: AcceptedTokens = { ...options, algorithms, rules: rulesOf(options.profile, options.claims) }
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

interface AcceptedTokens extends TokenVerifierOptions {
  readonly algorithms: readonly string[]
  readonly rules: TokenRules
}

/** The full check of one token, in the order of RFC 8725: form, algorithm and kind, signature, claims. */
async function checkToken(token: string, keys: KeySet, accepted: AcceptedTokens): Promise<VerifiedToken> {
  const { algorithms, issuers, rules, now } = accepted
  const { header, claims } = readAccepted(token, accepted)
  const audiences = acceptedAudiences(accepted.audience)
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
    throw error instanceof AuthError ? error : invalidToken(reasonOf(error))
  }
  checkClaims(header, claims, rules)
  const caller = callerOfClaims(claims, token, accepted)
  if (isForClient && !audiences.includes(caller.clientId)) throw invalidToken('client_not_accepted')
  return { caller, keyVersion }
}

/**
 * Form, algorithm, kind and issuer: all that can be decided without a key. An unknown `kid` makes us ask for the keys
 * again, but not for tokens of another issuer.
 */
function readAccepted(token: string, { algorithms, issuers, rules }: AcceptedTokens): CompactToken {
  const { header, claims } = readCompactToken(token)
  checkHeader(header, algorithms, rules)
  if (typeof claims.iss !== 'string' || !issuers.includes(claims.iss)) throw invalidToken('iss_not_accepted')
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
  { rules, scopeAliases }: AcceptedTokens,
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
    token: new Secret(token),
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

function keyLocator({ issuers, jwksUrl }: TokenVerifierOptions): (signal: AbortSignal) => Promise<URL> {
  const [first] = issuers
  if (first === undefined) throw new TypeError('issuers must name at least one issuer')
  for (const issuer of issuers) secureUrl(issuer, 'An issuer')
  if (jwksUrl === undefined) return (signal) => discoverEndpoint(first, 'jwks_uri', signal)
  const url = secureUrl(jwksUrl, 'jwksUrl')
  return async () => url
}
