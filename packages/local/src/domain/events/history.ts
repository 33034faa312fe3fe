import { type Expression, type Kysely, sql } from 'kysely'
import type { ChangeRow, EventRow } from '../../storage/registry-schema.js'
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
  let query = db
    .selectFrom('events')
    .selectAll()
    .where('environment_id', '=', environment)
    .where(({ eb, or, ref }) => or([eb('organization_id', '=', id), mentions(ref('data'), id)]))
  if (before !== undefined) query = query.where('id', '<', before)
  const rows = await query
    .orderBy('id', 'desc')
    .limit(size + 1)
    .execute()
  const events = rows.slice(0, size)
  return { events, older: rows.length > size ? events.at(-1)?.id : undefined }
}

/** The latest calls of the API that changed what an id names, newest first. */
export function changesAbout(
  db: Kysely<Schema>,
  environment: string,
  id: string,
  size: number,
): Promise<ChangeRow[]> {
  return db
    .selectFrom('changes')
    .selectAll()
    .where('environment_id', '=', environment)
    .where(({ ref }) => mentions(ref('about'), id))
    .orderBy('id', 'desc')
    .limit(size)
    .execute()
}

/** Whether a column of JSON has a text. */
function mentions(column: Expression<string>, text: string) {
  const quoted = `%${JSON.stringify(text).replace(/[\\%_]/g, '\\$&')}%`
  return sql<boolean>`${column} like ${quoted} escape '\\'`
}
