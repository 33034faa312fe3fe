import type { Kysely } from 'kysely'
import type { Clock } from '../../storage/clock.js'
import type { Schema } from '../../storage/schema.js'
import { type HappenedEvent, recordEvent } from './events.js'
import type { WebhookEvent } from './webhooks.js'

type Db = Kysely<Schema>

/** Records an event in the transaction that causes it. Applications are told of it when the transaction has succeeded. */
export async function noteEvent(db: Db, clock: Clock, event: HappenedEvent): Promise<void> {
  const id = await recordEvent({ db }, clock, event)
  await db.insertInto('untold_events').values({ id }).execute()
}

/** Takes the events that applications have not been told of yet, oldest first. Of several processes, one gets each. */
export async function takeUntoldEvents(db: Db): Promise<WebhookEvent[]> {
  const rows = await db
    .selectFrom('untold_events')
    .innerJoin('events', 'events.id', 'untold_events.id')
    .selectAll('events')
    .orderBy('events.id')
    .limit(100)
    .execute()
  const taken: WebhookEvent[] = []
  for (const { id, environment_id: environment, organization_id, type, object, data, created_at } of rows) {
    const { numDeletedRows } = await db.deleteFrom('untold_events').where('id', '=', id).executeTakeFirst()
    if (numDeletedRows !== 1n) continue
    const organization = organization_id ?? undefined
    const content: WebhookEvent['data'] = JSON.parse(data)
    taken.push({ id, environment, organization, type, object, data: content, at: created_at })
  }
  return taken
}
