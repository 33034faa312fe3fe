import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Schema } from '../engine/schema.js'
import { hashSecret } from '../engine/secret-hash.js'
import { sessionId } from '../oauth/access-token.js'
import { revokeGrantTokens } from '../oauth/revoked-tokens.js'
import type { Store } from './store.js'

const Payload = z.looseObject({
  uid: z.string(),
  accountId: z.string().optional(),
  loginTs: z.number().optional(),
  iat: z.number().default(0),
  exp: z.number().optional(),
  authorizations: z.record(z.string(), z.looseObject({ grantId: z.string().optional() })).default({}),
})

/** A sign-in that lasts, as the authorization server of an environment keeps it. Times are milliseconds. */
export interface LiveSession {
  readonly id: string
  readonly userId: string
  readonly createdAt: number
  readonly expiresAt: number | undefined
  readonly clients: readonly string[]
  /** How the records know it, and the grants that came from it. */
  readonly hash: string
  readonly grants: readonly string[]
}

/** The sessions of an environment that somebody is signed in with. */
export async function liveSessions(
  { clock }: Store,
  db: Kysely<Schema>,
  environment: string,
): Promise<LiveSession[]> {
  const rows = await db
    .selectFrom('oidc_records')
    .select(['id_hash', 'payload', 'expires_at'])
    .where('realm', '=', environment)
    .where('model', '=', 'Session')
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', clock.now())]))
    .execute()
  return rows.flatMap(({ id_hash, payload, expires_at }): LiveSession[] => {
    const { uid, accountId, loginTs, iat, authorizations } = Payload.parse(JSON.parse(payload))
    if (accountId === undefined) return []
    const session = {
      id: sessionId(uid),
      userId: accountId,
      createdAt: (loginTs ?? iat) * 1000,
      expiresAt: expires_at ?? undefined,
      clients: Object.keys(authorizations),
      hash: id_hash,
      grants: Object.values(authorizations).flatMap(({ grantId }) => grantId ?? []),
    }
    return [session]
  })
}

/** Ends a session, with every code and token that came from it, at whichever authorization server. */
export async function endSession(
  { database }: Store,
  db: Kysely<Schema>,
  environment: string,
  session: LiveSession,
): Promise<void> {
  for (const grant of session.grants) {
    await revokeGrantTokens({ ...database, db }, environment, grant)
    await recordsOf(db, environment).where('grant_id', '=', grant).execute()
    await recordsOf(db, environment)
      .where('model', '=', 'Grant')
      .where('id_hash', '=', hashSecret(grant))
      .execute()
  }
  await recordsOf(db, environment)
    .where('model', '=', 'Session')
    .where('id_hash', '=', session.hash)
    .execute()
}

/** The records of the authorization servers of an environment: its own, and those of its MCP servers. */
function recordsOf(db: Kysely<Schema>, environment: string) {
  return db
    .deleteFrom('oidc_records')
    .where((where) =>
      where.or([where('realm', '=', environment), where('realm', 'like', `${environment}/%`)]),
    )
}
