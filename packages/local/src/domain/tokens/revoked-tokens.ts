import type { Clock } from '../../storage/clock.js'
import type { Database } from '../../storage/database.js'
import { endDependents } from '../sessions/end.js'

/**
 * Access tokens are JWTs: nothing about them is stored but what each ends with, and which are revoked. A resource
 * server that verifies locally sees a revocation when it introspects; our own API always does.
 */
export async function revokeToken(
  database: Database,
  clock: Clock,
  token: { realm: string; jti: string; expiresAt: number },
): Promise<void> {
  const { realm, jti, expiresAt: expires_at } = token
  await database.transaction(async (db) => {
    await db
      .insertInto('revoked_tokens')
      .values({ realm, jti, expires_at })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await endDependents(db, clock, `token:${jti}`)
  })
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
