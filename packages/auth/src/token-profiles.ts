import { SCALEKIT_SCOPES, type ScopeClaim } from './scopes.js'

/**
 * The form of an issuer's access tokens. `strict`: RFC 9068, type `at+jwt` only. `scalekit-compat`: also type `JWT`, and
 * `oid` is the organization. The others are the issuers of that name.
 */
export type TokenProfile = 'strict' | 'scalekit-compat' | 'auth0' | 'okta' | 'entra' | 'keycloak' | 'cognito'

/** The claims of a token, where an issuer has its own names for them. */
export interface ClaimNames {
  /** The client id, like `cid`. */
  readonly clientId?: string
  /** The granted scopes, like `scp`: a list, or a string with spaces. */
  readonly scopes?: string
  /** The organization of the caller, like `org_id`. */
  readonly organization?: string
}

/** What a profile accepts, and where it reads the caller from. */
export interface TokenRules {
  /** Types next to `at+jwt`; undefined: a token without `typ`. */
  readonly types: readonly ('JWT' | undefined)[]
  /** Header parameters that are accepted and have no effect, although other profiles refuse them. */
  readonly unusedHeaders: readonly string[]
  /** Claims that tell an access token from the other tokens of this issuer. */
  readonly marks: Readonly<Record<string, string>>
  /** Claims of the client id: the first that the token has. */
  readonly clientId: readonly string[]
  readonly scopes: readonly ScopeClaim[]
  /** The claim that identifies the token. */
  readonly tokenId: string
  readonly needsTokenId: boolean
  /** Without `aud`, the client id is the audience. */
  readonly audienceIsClient: boolean
  readonly organization: string | undefined
}

/** RFC 9068 sections 2.1 and 2.2. */
const RFC_9068: TokenRules = {
  types: [],
  unusedHeaders: [],
  marks: {},
  clientId: ['client_id'],
  scopes: SCALEKIT_SCOPES,
  tokenId: 'jti',
  needsTokenId: true,
  audienceIsClient: false,
  organization: undefined,
}

/** Only what an issuer documents, or sends without documenting it. `oid` is the organization in Scalekit, and the user in Entra. */
const PROFILES: Readonly<Record<TokenProfile, TokenRules>> = {
  strict: RFC_9068,
  'scalekit-compat': { ...RFC_9068, types: ['JWT'], organization: 'oid' },
  /**
   * Type `JWT`, client in `azp`, no `jti`; with the RFC 9068 profile of an API, type `at+jwt`, client in `client_id`.
   * https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles
   */
  auth0: {
    ...RFC_9068,
    types: ['JWT'],
    clientId: ['azp', 'client_id'],
    scopes: [{ name: 'scope', form: 'string' }],
    needsTokenId: false,
  },
  /**
   * Tokens of a custom authorization server: no `typ`, client in `cid`, scopes as a list in `scp`. ID tokens have no `cid`.
   * https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/#access-token
   */
  okta: {
    ...RFC_9068,
    types: ['JWT', undefined],
    clientId: ['cid'],
    scopes: [{ name: 'scp', form: 'list' }],
  },
  /**
   * Version 2.0 (`https://login.microsoftonline.com/{tenant}/v2.0`) has the client in `azp`, version 1.0
   * (`https://sts.windows.net/{tenant}/`) in `appid` and a certificate's thumbprint in the header `x5t`. ID tokens have neither claim.
   * `uti` identifies the token.
   * https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
   */
  entra: {
    ...RFC_9068,
    types: ['JWT'],
    unusedHeaders: ['x5t'],
    clientId: ['azp', 'appid'],
    scopes: [{ name: 'scp', form: 'string' }],
    tokenId: 'uti',
    needsTokenId: false,
  },
  /**
   * Type `JWT`, or `at+jwt` if the client is set to it. The claim `typ` is `Bearer`; in ID tokens it is `ID`, in logout tokens `Logout`.
   * https://github.com/keycloak/keycloak/blob/main/core/src/main/java/org/keycloak/util/TokenUtil.java
   */
  keycloak: {
    ...RFC_9068,
    types: ['JWT'],
    marks: { typ: 'Bearer' },
    clientId: ['azp'],
    scopes: [{ name: 'scope', form: 'string' }],
  },
  /**
   * No `typ`, and no `aud` unless the client asked for a resource (RFC 8707). `token_use` is `access`; in ID tokens it is `id`.
   * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
   */
  cognito: {
    ...RFC_9068,
    types: ['JWT', undefined],
    marks: { token_use: 'access' },
    scopes: [{ name: 'scope', form: 'string' }],
    audienceIsClient: true,
  },
}

export const TOKEN_PROFILES: readonly string[] = Object.keys(PROFILES)
/** For messages. */
export const PROFILE_NAMES = TOKEN_PROFILES.join(', ').replace(/, (\w+)$/, ' or $1')

/** The rules of a profile; claims that are named replace its own. @throws TypeError for a profile that does not exist */
export function rulesOf(profile: TokenProfile = 'strict', claims: ClaimNames = {}): TokenRules {
  if (!TOKEN_PROFILES.includes(profile)) throw new TypeError(`profile must be ${PROFILE_NAMES}`)
  const rules = PROFILES[profile]
  const { clientId, scopes, organization } = claims
  return {
    ...rules,
    ...(clientId !== undefined && { clientId: [clientId] }),
    ...(scopes !== undefined && { scopes: [{ name: scopes, form: 'any' }] }),
    ...(organization !== undefined && { organization }),
  }
}
