import { type Kysely, sql } from 'kysely'
import type { EventRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'

/** The events of one page, newest first, and the id to go on from. */
export interface EventsPage {
  readonly events: readonly EventRow[]
  readonly older: string | undefined
}

/** The events that mention an id: what happened in an organization, or to what the id names. */
export async function eventsAbout(
  db: Kysely<Schema>,
  environment: string,
  id: string,
  { size, before }: { size: number; before?: string | undefined },
): Promise<EventsPage> {
  const quoted = `%${JSON.stringify(id).replace(/[\\%_]/g, '\\$&')}%`
  let query = db
    .selectFrom('events')
    .selectAll()
    .where('environment_id', '=', environment)
    .where(({ eb, or, val, ref }) =>
      or([eb('organization_id', '=', id), sql<boolean>`${ref('data')} like ${val(quoted)} escape '\\'`]),
    )
  if (before !== undefined) query = query.where('id', '<', before)
  const rows = await query
    .orderBy('id', 'desc')
    .limit(size + 1)
    .execute()
  const events = rows.slice(0, size)
  return { events, older: rows.length > size ? events.at(-1)?.id : undefined }
}
