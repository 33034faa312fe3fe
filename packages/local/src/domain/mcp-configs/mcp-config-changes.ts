import type { Kysely } from 'kysely'
import { newId } from '../../storage/ids.js'
import type { McpConfigRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import type { Toolbox } from '../agent-tools/catalogue.js'
import { alreadyExists, invalid } from '../domain-error.js'
import { appConnections, findMcpConfig, mcpConfigsOf } from './mcp-config-data.js'

/** The fields that a request sets. */
export interface McpConfigFields {
  readonly description: string
  readonly mappings: readonly { readonly connectionName: string; readonly tools: readonly string[] }[]
}

/** @throws {DomainError} `already_exists` for a name that is taken, `invalid` for an unknown connection or tool */
export async function createMcpConfig(
  db: Kysely<Schema>,
  environment: string,
  toolbox: Toolbox,
  now: number,
  { name, ...fields }: McpConfigFields & { readonly name: string },
): Promise<McpConfigRow> {
  const taken = await mcpConfigsOf(db, environment).select('id').where('name', '=', name).executeTakeFirst()
  if (taken) throw alreadyExists(`The configuration ${taken.id} has the name ${name}`)
  const row: McpConfigRow = {
    id: newId('cfg'),
    environment_id: environment,
    name,
    data: await dataOf(db, environment, toolbox, fields),
    created_at: now,
    updated_at: now,
  }
  await db.insertInto('mcp_configs').values(row).execute()
  return row
}

/**
 * Replaces description and mappings; the name stays.
 * @throws {DomainError} `not_found`, `invalid` for an unknown connection or tool
 */
export async function updateMcpConfig(
  db: Kysely<Schema>,
  environment: string,
  toolbox: Toolbox,
  now: number,
  { id, ...fields }: McpConfigFields & { readonly id: string },
): Promise<McpConfigRow> {
  const row = await findMcpConfig(db, environment, id)
  const updated = { ...row, data: await dataOf(db, environment, toolbox, fields), updated_at: now }
  await db.updateTable('mcp_configs').set(updated).where('id', '=', row.id).execute()
  return updated
}

async function dataOf(
  db: Kysely<Schema>,
  environment: string,
  toolbox: Toolbox,
  { description, mappings }: McpConfigFields,
): Promise<string> {
  const connections = await appConnections(db, environment)
  return JSON.stringify({
    description,
    mappings: mappings.map(({ connectionName, tools }) => {
      const connection = connections.find(({ key_id }) => key_id === connectionName)
      if (connection === undefined)
        throw invalid(`connection not found: there is no AgentKit connection named ${connectionName}`)
      const unknown = tools.find((name) => toolbox.tool(name)?.provider !== connection.provider_key)
      if (unknown !== undefined)
        throw invalid(`tool not found: ${connection.provider_key} has no tool named ${unknown}`)
      return { connection_id: connection.id, tools }
    }),
  })
}
