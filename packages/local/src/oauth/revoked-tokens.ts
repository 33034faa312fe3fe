import type { Database } from '../engine/database.js'

/**
 * Access tokens are JWTs: nothing about them is stored but which grant each came from, and which are revoked.
 * A resource server that verifies locally sees a revocation when it introspects; our own API always does.
 */
export async function recordIssuedToken(
  database: Database,
  token: { realm: string; jti: string; grantId: string; expiresAt: number },
): Promise<void> {
  await database.db
    .insertInto('issued_tokens')
    .values({ realm: token.realm, jti: token.jti, grant_id: token.grantId, expires_at: token.expiresAt })
    .execute()
}

export async function revokeToken(
  database: Database,
  token: { realm: string; jti: string; expiresAt: number },
): Promise<void> {
  await database.db
    .insertInto('revoked_tokens')
    .values({ realm: token.realm, jti: token.jti, expires_at: token.expiresAt })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Revokes every access token of a grant (OAuth 2.1, section 4.1.3: when a code is used twice). */
export async function revokeGrantTokens(database: Database, realm: string, grantId: string): Promise<void> {
  await database.db
    .insertInto('revoked_tokens')
    .columns(['realm', 'jti', 'expires_at'])
    .expression((from) =>
      from
        .selectFrom('issued_tokens')
        .select(['realm', 'jti', 'expires_at'])
        .where('realm', '=', realm)
        .where('grant_id', '=', grantId),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export async function isRevoked(database: Database, realm: string, jti: string): Promise<boolean> {
  const row = await database.db
    .selectFrom('revoked_tokens')
    .select('jti')
    .where('realm', '=', realm)
    .where('jti', '=', jti)
    .executeTakeFirst()
  return row !== undefined
}
