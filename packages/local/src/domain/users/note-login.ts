import type { Kysely } from 'kysely'
import type { Clock } from '../../storage/clock.js'
import type { Schema } from '../../storage/schema.js'
import { userData } from './user-data.js'

/** Notes when a user has signed in. It is no change of the user: `updated_at` stays. */
export async function noteLogin(db: Kysely<Schema>, clock: Clock, id: string): Promise<void> {
  const user = await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst()
  if (user === undefined) return
  const data = JSON.stringify({ ...userData(user), last_login_at: clock.now() })
  await db.updateTable('users').set({ data }).where('id', '=', id).execute()
}
