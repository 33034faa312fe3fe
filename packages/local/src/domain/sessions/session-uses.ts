import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Clock } from '../../storage/clock.js'
import type { Schema, SessionRow } from '../../storage/schema.js'
import type { Device } from './device.js'
import { sessionId } from './session-id.js'
import { policyFor } from './session-policy.js'

type Db = Kysely<Schema>

const Uses = z.array(z.object({ client: z.string(), organization: z.string().optional() }))

/** A client that somebody signed in to with a session, and the organization that they act in there. */
export type SessionUse = z.infer<typeof Uses>[number]

/** What a session was used for, the latest first. */
export function usesOf({ uses }: Pick<SessionRow, 'uses'>): SessionUse[] {
  return Uses.parse(JSON.parse(uses))
}

/** When a session ends if nothing more happens. */
export function endOf(row: Pick<SessionRow, 'absolute_expires_at' | 'idle_ms' | 'last_active_at'>): number {
  const { absolute_expires_at, idle_ms, last_active_at } = row
  return idle_ms === null ? absolute_expires_at : Math.min(absolute_expires_at, last_active_at + idle_ms)
}

/** The session that oidc-provider knows by this name. */
export function sessionOf(db: Db, uid: string): Promise<SessionRow | undefined> {
  return db.selectFrom('sessions').selectAll().where('uid', '=', uid).executeTakeFirst()
}

/** Records that a session is used for a client. The first use begins it, on a device and under the policy of that moment. */
export async function recordUse(
  db: Db,
  clock: Clock,
  session: { readonly uid: string; readonly realm: string; readonly userId: string },
  use: SessionUse,
  device: Device,
): Promise<void> {
  const { uid, realm, userId: user_id } = session
  const now = clock.now()
  const known = await sessionOf(db, uid)
  if (known !== undefined) {
    const others = usesOf(known).filter(
      (one) => one.client !== use.client || one.organization !== use.organization,
    )
    await db
      .updateTable('sessions')
      .set({ uses: JSON.stringify([use, ...others]), last_active_at: now })
      .where('id', '=', known.id)
      .execute()
    return
  }
  const { absoluteMs, idleMs } = await policyFor(db, use.organization)
  await db
    .insertInto('sessions')
    .values({
      ...{ id: sessionId(uid), realm, uid, user_id, uses: JSON.stringify([use]) },
      ...{ created_at: now, last_active_at: now, absolute_expires_at: now + absoluteMs, idle_ms: idleMs },
      device: JSON.stringify(device),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Notes activity in a session, which puts its idle timeout off. Says whether the session is still alive. */
export async function touchSession(db: Db, clock: Clock, uid: string): Promise<boolean> {
  const now = clock.now()
  const live = await db
    .selectFrom('oidc_records')
    .select('id_hash')
    .where('model', '=', 'Session')
    .where('uid', '=', uid)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
    .executeTakeFirst()
  if (live === undefined) return false
  const known = await sessionOf(db, uid)
  if (known === undefined) return true
  await db.updateTable('sessions').set({ last_active_at: now }).where('id', '=', known.id).execute()
  await db
    .updateTable('oidc_records')
    .set({ expires_at: endOf({ ...known, last_active_at: now }) })
    .where('model', '=', 'Session')
    .where('uid', '=', uid)
    .execute()
  return true
}
