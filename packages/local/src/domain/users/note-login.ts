import { WORKSPACE } from '../environments/realm.js'
import { type Acting, noteUserEvent } from '../events/user-event.js'
import { sessionOf } from '../sessions/session-uses.js'
import { viewOfRow } from '../sessions/session-view.js'
import type { DataStore } from '../store.js'
import { userData } from './user-data.js'

/**
 * Notes that a user has signed in with a session: when, which is no change of the user, so `updated_at` stays, and the
 * event `user.login`. The workspace has neither.
 */
export async function noteLogin(
  { database, clock }: DataStore,
  realm: string,
  uid: string,
  acting: Pick<Acting, 'user' | 'organization'>,
): Promise<void> {
  if (realm === WORKSPACE) return
  await database.transaction(async (db) => {
    const user = await db.selectFrom('users').selectAll().where('id', '=', acting.user).executeTakeFirst()
    if (user === undefined) return
    const data = JSON.stringify({ ...userData(user), last_login_at: clock.now() })
    await db.updateTable('users').set({ data }).where('id', '=', user.id).execute()
    const row = await sessionOf(db, uid)
    const session = row && viewOfRow(row)
    await noteUserEvent(db, clock, 'user.login', realm, { ...acting, ...(session && { session }) })
  })
}
