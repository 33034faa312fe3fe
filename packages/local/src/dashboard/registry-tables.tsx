import type { Kysely } from 'kysely'
import { z } from 'zod'
import { type DataTableView, Id } from '../http/page/data-table.js'
import type { Schema } from '../storage/schema.js'
import { ROWS_SHOWN } from './people-tables.js'
import { countOf } from './read-overview.js'

type Db = Kysely<Schema>

const Scopes = z.array(z.string())
const ClientData = z.object({
  name: z.string().catch(''),
  post_login_uris: z.array(z.string()).catch([]),
})

export async function mcpServersTable(db: Db, realm: string): Promise<DataTableView> {
  const rows = await db
    .selectFrom('resources')
    .selectAll()
    .where('realm', '=', realm)
    .orderBy('id')
    .limit(ROWS_SHOWN)
    .execute()
  return {
    title: 'MCP servers',
    total: await countOf(db, 'resources', realm),
    columns: ['Name', 'Id', 'URL', 'Scopes'],
    rows: rows.map(({ name, id, url, scopes }) => [
      name,
      <Id>{id}</Id>,
      <Id>{url}</Id>,
      Scopes.parse(JSON.parse(scopes)).join(', '),
    ]),
    empty: 'No MCP server yet.',
  }
}

export async function clientsTable(db: Db, realm: string): Promise<DataTableView> {
  const rows = await db
    .selectFrom('clients')
    .selectAll()
    .where('realm', '=', realm)
    .orderBy('id')
    .limit(ROWS_SHOWN)
    .execute()
  return {
    title: 'Clients',
    total: await countOf(db, 'clients', realm),
    columns: ['Name', 'Client id', 'Type', 'Redirect URIs'],
    rows: rows.map(({ data, id, client_type }) => {
      const { name, post_login_uris } = ClientData.parse(JSON.parse(data))
      return [name || '–', <Id>{id}</Id>, client_type, post_login_uris.join(', ') || '–']
    }),
    empty: 'No client yet.',
  }
}
