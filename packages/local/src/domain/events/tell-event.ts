import type { Clock } from '../../storage/clock.js'
import type { Database } from '../../storage/database.js'
import { type HappenedEvent, recordEvent } from './events.js'
import type { Webhooks } from './webhooks.js'

/** Where events go: the list of the environment, and its applications. */
export interface EventTargets {
  readonly database: Pick<Database, 'db'>
  readonly clock: Clock
  readonly webhooks: Webhooks
}

/** Notes an event, and tells applications of it under the same id, which it returns. Does not wait for them. */
export async function tellEvent(
  { database, clock, webhooks }: EventTargets,
  event: HappenedEvent,
): Promise<string> {
  const recorded = await recordEvent(database, clock, event)
  await webhooks.emit({ ...event, ...recorded })
  return recorded.id
}
