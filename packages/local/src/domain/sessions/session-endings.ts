import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Clock } from '../../storage/clock.js'
import type { Schema } from '../../storage/schema.js'
import { WORKSPACE } from '../environments/realm.js'
import { noteUserEvent } from '../events/user-event.js'
import type { SessionView } from './session-view.js'

const Ending = z.object({
  user: z.string(),
  clients: z.array(z.string()),
})

/** A session that has ended, for those who are told. */
export type SessionEnding = z.infer<typeof Ending> & { readonly session: string; readonly realm: string }

/**
 * Notes that a session has ended, with the event `user.logout`, in the transaction that ends it: applications are told
 * when that has succeeded.
 */
export async function noteEnding(
  db: Kysely<Schema>,
  clock: Clock,
  realm: string,
  view: SessionView,
): Promise<void> {
  const [organization] = view.organizations
  const acting = { user: view.user_id, organization, session: view }
  if (realm !== WORKSPACE) await noteUserEvent(db, clock, 'user.logout', realm, acting)
  const ending: z.infer<typeof Ending> = { user: view.user_id, clients: view.clients }
  await db
    .insertInto('session_endings')
    .values({
      id: view.id,
      realm,
      data: JSON.stringify(ending),
      created_at: view.ended_at ?? view.created_at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Takes the endings that nobody has been told of yet. Of several processes, one gets each. */
export async function takeEndings(db: Kysely<Schema>): Promise<SessionEnding[]> {
  const rows = await db.selectFrom('session_endings').selectAll().orderBy('created_at').limit(100).execute()
  const taken: SessionEnding[] = []
  for (const { id, realm, data } of rows) {
    const { numDeletedRows } = await db.deleteFrom('session_endings').where('id', '=', id).executeTakeFirst()
    if (numDeletedRows === 1n) taken.push({ session: id, realm, ...Ending.parse(JSON.parse(data)) })
  }
  return taken
}

/** Where the applications that were used want to hear of it, by client (OpenID Connect Back-Channel Logout, section 2.2). */
export async function logoutAddresses(
  db: Kysely<Schema>,
  { realm, clients }: Pick<SessionEnding, 'realm' | 'clients'>,
): Promise<{ client: string; uri: string }[]> {
  if (clients.length === 0) return []
  const rows = await db
    .selectFrom('clients')
    .select(['id', 'data'])
    .where('realm', '=', realm)
    .where('id', 'in', clients)
    .execute()
  return rows.flatMap(({ id, data }) => {
    const { back_channel_logout_uris } = Addresses.parse(JSON.parse(data))
    return back_channel_logout_uris.map((uri) => ({ client: id, uri }))
  })
}

const Addresses = z.looseObject({ back_channel_logout_uris: z.array(z.string()).default([]) })
