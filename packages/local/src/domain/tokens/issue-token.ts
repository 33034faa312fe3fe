import { type JWTPayload, SignJWT } from 'jose'
import { type Clock, seconds } from '../../storage/clock.js'
import type { Database } from '../../storage/database.js'
import { newId } from '../../storage/ids.js'
import { SIGNING_ALGORITHM, type SigningKeys } from '../../storage/keys.js'
import { realmIssuer, resourceIssuer } from '../environments/realm.js'
import type { Resource } from '../resources/resources.js'
import { splitScope } from '../resources/scopes.js'
import type { Cause } from '../sessions/dependents.js'
import { noteToken } from './note-token.js'

/** What one of our access tokens says, beyond what every token has. */
export interface TokenClaims {
  iss: string
  aud: string[]
  sub: string
  client_id: string
  scope: string
  /** Seconds from now; negative for a token that has expired. */
  lifetime: number
  extra?: JWTPayload
  /** What it ends with, beyond what its claims name. */
  endsWith?: readonly Cause[]
}

export interface TokenIssuer {
  /** Signs a JWT access token (RFC 9068) with the key of the realm. */
  issue(realm: string, claims: TokenClaims): Promise<string>
}

export function createTokenIssuer(keys: SigningKeys, clock: Clock, { db }: Database): TokenIssuer {
  return {
    async issue(realm, { lifetime, extra, endsWith = [], ...claims }) {
      const key = await keys.of(realm)
      const now = seconds(clock)
      const start = Math.min(now, now + lifetime)
      const payload = {
        ...claims,
        scopes: splitScope(claims.scope),
        iat: start,
        nbf: start,
        exp: now + lifetime,
        jti: newId('tkn'),
        ...extra,
      }
      await noteToken(db, realm, payload, endsWith)
      return new SignJWT(payload)
        .setProtectedHeader({ alg: SIGNING_ALGORITHM, typ: 'at+jwt', kid: key.kid })
        .sign(key.privateKey)
    },
  }
}

/** `iss` and `aud` of a token for an MCP server. Live tokens name the realm as the issuer until they migrate. */
export function resourceClaims(baseUrl: string, resource: Resource): { iss: string; aud: string[] } {
  const iss =
    resource.settings.issuer_mode === 'resource'
      ? resourceIssuer(baseUrl, resource.realm, resource.id)
      : realmIssuer(baseUrl, resource.realm)
  return { iss, aud: [resource.url, resource.id] }
}
