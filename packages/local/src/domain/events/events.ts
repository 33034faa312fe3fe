import type { Clock } from '../../storage/clock.js'
import type { Database } from '../../storage/database.js'
import { newId } from '../../storage/ids.js'

/** Something that happened in an environment, as webhooks tell it. */
export interface HappenedEvent {
  readonly environment: string
  /** `organization.created`, `user.login`, … */
  readonly type: string
  /** What it happened to, by the name that the API's `ObjectType` gives it. */
  readonly object: string
  readonly organization?: string | undefined
  readonly data: Readonly<Record<string, unknown>>
}

/** Notes an event, and gives its id and time. It stays when what it is about is deleted. */
export async function recordEvent(
  { db }: Pick<Database, 'db'>,
  clock: Clock,
  { environment, type, object, organization, data }: HappenedEvent,
): Promise<{ id: string; at: number }> {
  const id = newId('evt')
  const at = clock.now()
  await db
    .insertInto('events')
    .values({
      id,
      environment_id: environment,
      organization_id: organization ?? null,
      type,
      object,
      data: JSON.stringify(data),
      created_at: at,
    })
    .execute()
  return { id, at }
}
