import type { Kysely } from 'kysely'
import type { Clock } from '../../storage/clock.js'
import type { EventRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { type HappenedEvent, recordEvent } from './events.js'
import type { WebhookEvent } from './webhooks.js'

type Db = Kysely<Schema>

/** Records an event in the transaction that causes it. Applications are told of it when the transaction has succeeded. */
export async function noteEvent(db: Db, clock: Clock, event: HappenedEvent): Promise<void> {
  const { id } = await recordEvent({ db }, clock, event)
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
  for (const row of rows) {
    const { numDeletedRows } = await db
      .deleteFrom('untold_events')
      .where('id', '=', row.id)
      .executeTakeFirst()
    if (numDeletedRows === 1n) taken.push(toWebhookEvent(row))
  }
  return taken
}

/** An event that was noted before; undefined if there is none, or no longer. */
export async function findEvent(db: Db, id: string): Promise<WebhookEvent | undefined> {
  const row = await db.selectFrom('events').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toWebhookEvent(row)
}

function toWebhookEvent(row: EventRow): WebhookEvent {
  const { id, environment_id: environment, organization_id, type, object, data, created_at: at } = row
  return {
    id,
    environment,
    organization: organization_id ?? undefined,
    type,
    object,
    data: JSON.parse(data),
    at,
  }
}
