import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Clock } from '../../storage/clock.js'
import type { Schema, SessionRow } from '../../storage/schema.js'
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
  /** Its policy and uses; a session of an earlier version has none. */
  readonly row: SessionRow | undefined
}

/** The sessions of a realm that somebody is signed in with. */
export function liveSessions(db: Kysely<Schema>, clock: Clock, realm: string): Promise<LiveSession[]> {
  return signedIn(
    db,
    sessionRecords(db)
      .where('realm', '=', realm)
      .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', clock.now())])),
  )
}

/** The sessions that have timed out, of whichever realm. */
export function expiredSessions(db: Kysely<Schema>, clock: Clock): Promise<LiveSession[]> {
  return signedIn(db, sessionRecords(db).where('expires_at', '<=', clock.now()))
}

function sessionRecords(db: Kysely<Schema>) {
  return db
    .selectFrom('oidc_records')
    .select(['realm', 'payload', 'expires_at'])
    .where('model', '=', 'Session')
}

async function signedIn(
  db: Kysely<Schema>,
  records: ReturnType<typeof sessionRecords>,
): Promise<LiveSession[]> {
  const found = await records.execute()
  if (found.length === 0) return []
  const rows = new Map((await db.selectFrom('sessions').selectAll().execute()).map((row) => [row.uid, row]))
  return found.flatMap(({ realm, payload, expires_at }) => {
    const stored: unknown = JSON.parse(payload)
    const session = toLiveSession(realm, stored, expires_at ?? undefined, rows.get(Payload.parse(stored).uid))
    return session === undefined ? [] : [session]
  })
}

/** A session from what oidc-provider keeps of it; undefined while nobody has signed in. */
export function toLiveSession(
  realm: string,
  stored: unknown,
  expiresAt: number | undefined,
  row: SessionRow | undefined,
): LiveSession | undefined {
  const { uid, accountId, loginTs, iat, authorizations } = Payload.parse(stored)
  if (accountId === undefined) return undefined
  return {
    ...{ id: sessionId(uid), uid, realm, userId: accountId, expiresAt, row },
    createdAt: row?.created_at ?? (loginTs ?? iat) * 1000,
    clients: Object.keys(authorizations),
    grants: Object.values(authorizations).flatMap(({ grantId }) => grantId ?? []),
  }
}

/** Whether somebody is still signed in with a session that tokens name. */
export async function isLiveSession(db: Kysely<Schema>, clock: Clock, id: string): Promise<boolean> {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('oidc_records', 'oidc_records.uid', 'sessions.uid')
    .select('sessions.id')
    .where('sessions.id', '=', id)
    .where('oidc_records.model', '=', 'Session')
    .where('oidc_records.expires_at', '>', clock.now())
    .executeTakeFirst()
  return row !== undefined
}
