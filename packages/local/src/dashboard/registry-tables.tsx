import type { Kysely } from 'kysely'
import { z } from 'zod'
import { type DataTableView, Id, State } from '../http/page/data-table.js'
import type { Schema } from '../storage/schema.js'
import { ROWS_SHOWN, words } from './people-tables.js'
import { countIn } from './read-overview.js'

type Db = Kysely<Schema>

const Scopes = z.array(z.string())
const ConnectionData = z.object({ provider_key: z.string().catch('') })
const ClientData = z.object({
  name: z.string().catch(''),
  post_login_uris: z.array(z.string()).catch([]),
})

export async function connectionsTable(db: Db, environment: string): Promise<DataTableView> {
  const rows = await db
    .selectFrom('connections')
    .leftJoin('organizations', 'organizations.id', 'connections.organization_id')
    .selectAll('connections')
    .select('organizations.display_name as organization')
    .where('connections.environment_id', '=', environment)
    .orderBy('connections.id')
    .limit(ROWS_SHOWN)
    .execute()
  return {
    title: 'Connections',
    total: await countIn(db, 'connections', environment),
    columns: ['Connection', 'Id', 'Type', 'Provider', 'Organization', 'State'],
    rows: rows.map((row) => [
      row.key_id,
      <Id>{row.id}</Id>,
      row.type,
      providerOf(row),
      row.organization ?? 'the environment',
      row.enabled ? <State good>enabled</State> : <State>{words(row.status)}, disabled</State>,
    ]),
    empty: 'No connection yet.',
  }
}

function providerOf({ provider, data }: { provider: string; data: string }): string {
  const { provider_key: key } = ConnectionData.parse(JSON.parse(data))
  const name = key || (provider.endsWith('_UNSPECIFIED') ? '' : provider)
  return name === '' ? '–' : words(name)
}

export async function directoriesTable(db: Db, environment: string): Promise<DataTableView> {
  const rows = await db
    .selectFrom('directories')
    .innerJoin('organizations', 'organizations.id', 'directories.organization_id')
    .selectAll('directories')
    .select('organizations.display_name as organization')
    .where('directories.environment_id', '=', environment)
    .orderBy('directories.id')
    .limit(ROWS_SHOWN)
    .execute()
  return {
    title: 'Directories',
    total: await countIn(db, 'directories', environment),
    columns: ['Directory', 'Id', 'Type', 'Organization', 'State'],
    rows: rows.map((row) => [
      row.name,
      <Id>{row.id}</Id>,
      row.type,
      row.organization,
      row.enabled ? <State good>enabled</State> : <State>disabled</State>,
    ]),
    empty: 'No directory yet.',
  }
}

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
    columns: ['Name', 'Client id', 'Type', 'Redirect URIs'],
    rows: rows.map(({ data, id, client_type }) => {
      const { name, post_login_uris } = ClientData.parse(JSON.parse(data))
      return [name || '–', <Id>{id}</Id>, client_type, post_login_uris.join(', ') || '–']
    }),
    empty: 'No client yet.',
  }
}
