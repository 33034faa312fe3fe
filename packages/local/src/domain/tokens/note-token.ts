import type { Kysely } from 'kysely'
import type { Schema } from '../../storage/schema.js'
import { type Cause, causesIn, recordDependent } from '../sessions/dependents.js'

/** The payload of a JWT. Times are seconds. */
export type NotedClaims = Readonly<Record<string, unknown>> & { readonly jti: string; readonly exp: number }

/**
 * Notes a token that is about to be signed, but never the token: what it ends with, and what it says.
 *
 * @param endsWith what it ends with beyond what its claims name
 */
export async function noteToken(
  db: Kysely<Schema>,
  realm: string,
  claims: NotedClaims,
  endsWith: readonly Cause[] = [],
): Promise<void> {
  const { jti, exp, iat } = claims
  const expires_at = exp * 1000
  await recordDependent(db, { realm, kind: 'token', id: jti, expires_at }, [...endsWith, ...causesIn(claims)])
  await db
    .insertInto('token_claims')
    .values({ jti, realm, claims: JSON.stringify(claims), issued_at: Number(iat ?? 0) * 1000, expires_at })
    .execute()
}
