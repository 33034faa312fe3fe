import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Clock } from '../../storage/clock.js'
import type { Schema } from '../../storage/schema.js'
import { sessionId } from './session-id.js'

const Payload = z.looseObject({
  uid: z.string(),
  accountId: z.string().optional(),
  loginTs: z.number().optional(),
  iat: z.number().default(0),
  authorizations: z.record(z.string(), z.looseObject({ grantId: z.string().optional() })).default({}),
})

/** A sign-in that lasts, as the authorization servers of a realm keep it. Times are milliseconds. */
export interface LiveSession {
  readonly id: string
  /** oidc-provider's name of it. */
  readonly uid: string
  readonly realm: string
  readonly userId: string
  readonly createdAt: number
  readonly expiresAt: number | undefined
  readonly clients: readonly string[]
  readonly grants: readonly string[]
}

/** The sessions of a realm that somebody is signed in with. */
export async function liveSessions(db: Kysely<Schema>, clock: Clock, realm: string): Promise<LiveSession[]> {
  const rows = await db
    .selectFrom('oidc_records')
    .select(['payload', 'expires_at'])
    .where('realm', '=', realm)
    .where('model', '=', 'Session')
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', clock.now())]))
    .execute()
  return rows.flatMap(({ payload, expires_at }) => {
    const session = toLiveSession(realm, JSON.parse(payload), expires_at ?? undefined)
    return session === undefined ? [] : [session]
  })
}

/** A session from what oidc-provider keeps of it; undefined while nobody has signed in. */
export function toLiveSession(
  realm: string,
  stored: unknown,
  expiresAt: number | undefined,
): LiveSession | undefined {
  const { uid, accountId, loginTs, iat, authorizations } = Payload.parse(stored)
  if (accountId === undefined) return undefined
  return {
    ...{ id: sessionId(uid), uid, realm, userId: accountId, expiresAt },
    createdAt: (loginTs ?? iat) * 1000,
    clients: Object.keys(authorizations),
    grants: Object.values(authorizations).flatMap(({ grantId }) => grantId ?? []),
  }
}

/** Whether somebody is still signed in with a session that tokens name. */
export async function isLiveSession(db: Kysely<Schema>, clock: Clock, id: string): Promise<boolean> {
  const row = await db
    .selectFrom('dependents')
    .select('id')
    .where('kind', '=', 'session')
    .where('id', '=', id)
    .where('expires_at', '>', clock.now())
    .executeTakeFirst()
  return row !== undefined
}
