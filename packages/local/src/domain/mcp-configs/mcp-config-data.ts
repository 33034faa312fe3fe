import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { ConnectionRow, McpConfigRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { connectionData } from '../connections/connection-data.js'
import { notFound } from '../domain-error.js'

/** The connections of a configuration, and which of their tools. No tools means all. */
export const McpConfigData = z.object({
  description: z.string().default(''),
  mappings: z
    .array(z.object({ connection_id: z.string(), tools: z.array(z.string()).default([]) }))
    .default([]),
})
export type McpConfigData = z.infer<typeof McpConfigData>

/** A connection that agents use on behalf of users. */
export interface AppConnection extends ConnectionRow {
  /** The key of its provider. */
  readonly provider_key: string
}

export interface ToolMapping {
  readonly connection: AppConnection
  /** Empty for all tools of the connection. */
  readonly tools: readonly string[]
}

export const mcpConfigsOf = (db: Kysely<Schema>, environment: string) =>
  db.selectFrom('mcp_configs').where('environment_id', '=', environment)

/** @throws {DomainError} `not_found` */
export async function findMcpConfig(
  db: Kysely<Schema>,
  environment: string,
  id: string,
): Promise<McpConfigRow> {
  const row = await mcpConfigsOf(db, environment).selectAll().where('id', '=', id).executeTakeFirst()
  if (row) return row
  throw notFound(`There is no MCP configuration ${JSON.stringify(id)} in this environment`)
}

export async function appConnections(db: Kysely<Schema>, environment: string): Promise<AppConnection[]> {
  const rows = await db
    .selectFrom('connections')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('organization_id', 'is', null)
    .execute()
  return rows
    .map((row) => ({ row, data: connectionData(row) }))
    .filter(({ data }) => data.is_app)
    .map(({ row, data: { provider_key } }) => ({ ...row, provider_key }))
}

export function mcpConfigData({ data }: Pick<McpConfigRow, 'data'>): McpConfigData {
  return McpConfigData.parse(JSON.parse(data))
}

/** The mappings of a configuration. Those of deleted connections are left out. */
export function toolMappings(
  { mappings }: McpConfigData,
  connections: readonly AppConnection[],
): readonly ToolMapping[] {
  return mappings.flatMap(({ connection_id, tools }) =>
    connections.filter(({ id }) => id === connection_id).map((connection) => ({ connection, tools })),
  )
}
