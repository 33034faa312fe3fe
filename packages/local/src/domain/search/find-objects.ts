import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Database } from '../../storage/database.js'
import type { Dialect } from '../../storage/dialect.js'
import type { Schema } from '../../storage/schema.js'

/** Something that a search found: what it is, and the ids that lead to it. */
export interface FoundObject {
  readonly table: SearchedTable
  readonly environment: string
  readonly id: string
  readonly name: string
  readonly organization: string | null
  readonly resource: string | null
}

export interface Found {
  readonly objects: readonly FoundObject[]
  /** Whether a table has more than were read. */
  readonly more: boolean
}

/** A column, or the path of a text in a column that holds JSON. */
type Place = string | readonly string[]

interface Searched {
  /** What it is called. */
  readonly name: Place
  readonly id?: string
  readonly realm?: string
  /** What is searched as well. */
  readonly also?: readonly Place[]
  readonly organization?: true
  readonly resource?: true
}

const profile = (name: string) => ['data', 'user_profile', name] as const

const TABLES = {
  organizations: { name: 'display_name', also: ['external_id', 'slug'] },
  users: {
    name: 'email',
    also: ['external_id', profile('name'), profile('first_name'), profile('last_name')],
  },
  roles: { name: 'display_name', id: 'name', also: ['id'], organization: true },
  permissions: { name: 'description', id: 'name', also: ['id'] },
  connections: { name: 'key_id', also: ['provider'], organization: true },
  directories: { name: 'name', organization: true },
  domains: { name: 'domain', organization: true },
  clients: { name: ['data', 'name'], realm: 'realm' },
  m2m_clients: { name: ['data', 'name'], organization: true, resource: true },
  resources: { name: 'name', realm: 'realm', also: ['url'] },
  scopes: { name: 'name', also: ['description'] },
} as const satisfies { readonly [table in keyof Schema]?: Searched }
export type SearchedTable = keyof typeof TABLES

/** What has a text in its id or one of its names, in every environment. At most `limit` of each table. */
export async function findObjects(
  { db, dialect }: Pick<Database, 'db' | 'dialect'>,
  text: string,
  limit: number,
): Promise<Found> {
  const pattern = `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
  const pages: FoundObject[][] = []
  for (const [table, searched] of Object.entries(TABLES)) {
    const rows = await search(db, dialect, searched, pattern, table as SearchedTable, limit + 1)
    pages.push(rows)
  }
  return {
    objects: pages.flatMap((page) => page.slice(0, limit)),
    more: pages.some((page) => page.length > limit),
  }
}

async function search(
  db: Kysely<Schema>,
  dialect: Dialect,
  searched: Searched,
  pattern: string,
  table: SearchedTable,
  limit: number,
): Promise<FoundObject[]> {
  const { name, id = 'id', realm = 'environment_id', also = [], organization, resource } = searched
  const tests = [id, name, ...also].map(
    (place) => sql`lower(${textAt(dialect, place)}) like ${pattern} escape '\\'`,
  )
  const { rows } = await sql<Omit<FoundObject, 'table'>>`
    select ${sql.ref(realm)} as environment, ${sql.ref(id)} as id,
      coalesce(${textAt(dialect, name)}, '') as name,
      ${organization ? sql.ref('organization_id') : sql`null`} as organization,
      ${resource ? sql.ref('resource_id') : sql`null`} as resource
    from ${sql.table(table)} where ${sql.join(tests, sql` or `)}
    order by ${sql.ref(id)} limit ${limit}`.execute(db)
  return rows.map((row) => ({ ...row, table }))
}

function textAt(dialect: Dialect, place: Place): RawBuilder<string | null> {
  if (typeof place === 'string') return sql.ref(place)
  const [column = '', ...path] = place
  if (dialect === 'postgres') return sql`${sql.ref(column)}::json #>> ${sql.lit(`{${path.join(',')}}`)}`
  return sql`json_extract(${sql.ref(column)}, ${sql.lit(`$.${path.join('.')}`)})`
}
