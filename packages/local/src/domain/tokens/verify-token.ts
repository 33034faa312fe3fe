import { decodeJwt, type JWTPayload } from 'jose'
import { z } from 'zod'
import type { Clock } from '../../storage/clock.js'
import type { Database } from '../../storage/database.js'
import type { SigningKeys } from '../../storage/keys.js'
import { realmExists, realmIssuer } from '../environments/realm.js'
import { isRevoked } from './revoked-tokens.js'
import { signedPayload } from './signed-payload.js'

const Claims = z.looseObject({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  sub: z.string(),
  client_id: z.string(),
  exp: z.number(),
  iat: z.number(),
  jti: z.string(),
  scope: z.string().default(''),
})

/** One of our access tokens, verified. */
export type AccessTokenClaims = z.infer<typeof Claims> & JWTPayload

export interface TokenVerifier {
  /**
   * The claims of a token that this realm issued, that has not expired and is not revoked; otherwise undefined.
   * Whom the token is for is the caller's question: compare `aud`.
   */
  verify(realm: string, token: string): Promise<AccessTokenClaims | undefined>
}

/** Verifies as RFC 9068, section 4 orders: type, signature, issuer, time; and that it is not on the revoked list. */
export function createTokenVerifier(deps: {
  baseUrl: string
  database: Database
  keys: SigningKeys
  clock: Clock
}): TokenVerifier {
  const { baseUrl, database } = deps
  return {
    async verify(realm, token) {
      if (!(await realmExists(database, realm))) return undefined
      const claims = await signedClaims(token, realm)
      if (claims === undefined) return undefined
      return (await isRevoked(database, realm, claims.jti)) ? undefined : claims
    },
  }

  async function signedClaims(token: string, realm: string): Promise<AccessTokenClaims | undefined> {
    const payload = await signedPayload(deps, realm, token, { typ: 'at+jwt', requiredClaims: ['exp'] })
    const claims = Claims.safeParse(payload).data
    const realmUrl = realmIssuer(baseUrl, realm)
    const isOurs = claims?.iss === realmUrl || claims?.iss.startsWith(`${realmUrl}/resources/`)
    return isOurs ? claims : undefined
  }
}

/** The audiences of a token, as a list. */
export function audiences(claims: { aud?: string | string[] }): string[] {
  return claims.aud === undefined ? [] : [claims.aud].flat()
}

/** The issuer that a token names, not verified; undefined when it is no JWT. */
export function claimedIssuer(token: string): string | undefined {
  try {
    return decodeJwt(token).iss
  } catch {
    return undefined
  }
}
