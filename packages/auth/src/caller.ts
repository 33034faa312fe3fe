import type { Secret } from './secret.js'

/**
 * The verified token of one request: who calls, through which client, with which scopes.
 * Made only by a `TokenVerifier`; everything in it comes from claims whose signature, issuer, audience and
 * expiry were checked.
 */
export interface Caller {
  readonly issuer: string
  /** `sub` */
  readonly subject: string
  /** `client_id` (RFC 9068 section 2.2), or the claim that the profile reads. */
  readonly clientId: string
  /** From `scope` and `scopes`; where both are present, their intersection. Other profiles read other claims. Aliases are resolved. */
  readonly scopes: ReadonlySet<string>
  /** The same scopes under the names that the authorization server uses: what a client can ask it for again. */
  readonly writtenScopes?: readonly string[]
  readonly audience: readonly string[]
  /** Seconds since the epoch. */
  readonly expiresAt: number
  /** `jti`, or Entra's `uti`. Auth0 has none. */
  readonly tokenId?: string
  /** The organization that the token is bound to: Scalekit's `oid`, or the claim that `claims.organization` names. */
  readonly organizationId?: string
  /**
   * With `revocation`: `unknown` when the authorization server could not be asked whether the token was revoked. Refuse
   * what changes something then (`McpAuth.requireFresh`).
   */
  readonly revocation?: 'checked' | 'unknown'
  readonly claims: Readonly<Record<string, unknown>>
  /** The token itself; prints as `[redacted]`, and is for RFC 8693 exchange only. */
  readonly token: Secret
}

/** Who calls, through which client: what a limit, a seal or a key belongs to. */
export function identityOf({
  issuer,
  subject,
  clientId,
}: Pick<Caller, 'issuer' | 'subject' | 'clientId'>): readonly [string, string, string] {
  return [issuer, subject, clientId]
}
