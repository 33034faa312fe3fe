import { isObject } from './is-object.js'
import {
  audience,
  callback,
  checkForms,
  type Forms,
  hasMethods,
  list,
  milliseconds,
  object,
  profile,
  scopeAliases,
  secret,
  text,
} from './option-forms.js'
import type { RevocationOptions } from './revocation.js'
import type { ScopeAliases } from './scopes.js'
import type { ClaimNames, TokenProfile } from './token-profiles.js'

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
  /** Called when keys or introspection are out of reach; never with anything of a token. Default: a warning of Node. */
  readonly onWarning?: (message: string, cause?: unknown) => void
}

const VERIFIER: Forms<TokenVerifierOptions> = {
  issuers: list,
  audience,
  jwksUrl: text,
  profile,
  claims: object,
  algorithms: list,
  scopeAliases,
  revocation: object,
  now: callback,
  onWarning: callback,
}

export const CLAIMS: Forms<ClaimNames> = { clientId: text, scopes: text, organization: text }

export const REVOCATION: Forms<RevocationOptions> = {
  introspectionUrl: text,
  clientId: text,
  clientSecret: secret,
  timeoutMs: milliseconds,
  store: {
    is: (value) => hasMethods(value, 'isRevoked', 'revoke'),
    form: 'an object with the methods isRevoked and revoke',
  },
}

/**
 * Checks the form of every option of `createTokenVerifier`.
 *
 * @throws TypeError with the option, the form that it must have, and what it is
 */
export function checkVerifierOptions(options: TokenVerifierOptions): void {
  const given: unknown = options
  if (!isObject(given)) throw new TypeError('Give options: createTokenVerifier({ issuers, audience })')
  checkForms(given, VERIFIER, { required: ['issuers', 'audience'] })
  checkClaimNames(options.claims)
  checkRevocation(options.revocation)
}

/** The same for the options in `claims`. */
export function checkClaimNames(options: ClaimNames | undefined): void {
  checkForms(options, CLAIMS, { prefix: 'claims.' })
}

/** The same for the options in `revocation`. */
export function checkRevocation(options: RevocationOptions | undefined): void {
  const required = ['introspectionUrl', 'clientId', 'clientSecret']
  checkForms(options, REVOCATION, { prefix: 'revocation.', required })
}
