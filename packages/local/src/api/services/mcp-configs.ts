import type { MessageInitShape } from '@bufbuild/protobuf'
import { Code, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type McpService, type mcp } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { connectionData } from '../../domain/connections/connection-data.js'
import type { Store } from '../../domain/store.js'
import { newId } from '../../storage/ids.js'
import type { McpConfigRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { required } from '../identity.js'
import { pageOf, readPage } from '../page.js'
import { environmentOf } from '../request-context.js'

const McpConfigData = z.object({
  description: z.string().default(''),
  mappings: z
    .array(z.object({ connection_id: z.string(), tools: z.array(z.string()).default([]) }))
    .default([]),
})

interface AppConnection {
  readonly id: string
  readonly key_id: string
  readonly provider: string
}

/** What agents are given: connections, and which of their tools. */
export function mcpConfigHandlers({ database, clock }: Store): Partial<ServiceImpl<typeof McpService>> {
  return {
    async createMcpConfig(request, context) {
      const { name, description, connectionToolMappings } = required(request.config, 'config')
      const environment = environmentOf(context)
      const now = clock.now()
      return database.transaction(async (db) => {
        const connections = await appConnections(db, environment)
        const taken = await configsOf(db, environment)
          .select('id')
          .where('name', '=', name)
          .executeTakeFirst()
        if (taken) throw apiError(Code.AlreadyExists, `The configuration ${taken.id} has the name ${name}`)
        const row: McpConfigRow = {
          id: newId('cfg'),
          environment_id: environment,
          name,
          data: dataOf(connections, description, connectionToolMappings),
          created_at: now,
          updated_at: now,
        }
        await db.insertInto('mcp_configs').values(row).execute()
        return { config: toConfig(row, connections) }
      })
    },

    async updateMcpConfig({ configId, description, connectionToolMappings }, context) {
      const environment = environmentOf(context)
      return database.transaction(async (db) => {
        const row = await find(db, environment, configId)
        const connections = await appConnections(db, environment)
        const data = dataOf(connections, description, connectionToolMappings)
        const updated = { ...row, data, updated_at: clock.now() }
        await db.updateTable('mcp_configs').set(updated).where('id', '=', row.id).execute()
        return { config: toConfig(updated, connections) }
      })
    },

    async listMcpConfigs(request, context) {
      const environment = environmentOf(context)
      const { id = '', name = '', provider = '' } = request.filter ?? {}
      const connections = await appConnections(database.db, environment)
      const rows = await configsOf(database.db, environment).selectAll().execute()
      const found = rows
        .map((row) => ({ ...toConfig(row, connections), id: row.id, name: row.name }))
        .filter((config) => (!id || config.id === id) && (!name || config.name === name))
        .filter((config) => config.name.toLowerCase().includes(request.search.toLowerCase()))
        .filter(
          (config) => !provider || config.connectionToolMappings.some((one) => one.provider === provider),
        )
      const page = readPage(['mcp configs', environment, id, name, provider, request.search], request)
      const { rows: configs, tokens } = pageOf(page, found)
      return { ...tokens, configs: [...configs] }
    },

    async getMcpConfig({ configId }, context) {
      const environment = environmentOf(context)
      const row = await find(database.db, environment, configId)
      return { config: toConfig(row, await appConnections(database.db, environment)) }
    },

    async deleteMcpConfig({ configId }, context) {
      const row = await find(database.db, environmentOf(context), configId)
      await database.db.deleteFrom('mcp_configs').where('id', '=', row.id).execute()
      return {}
    },
  }
}

const configsOf = (db: Kysely<Schema>, environment: string) =>
  db.selectFrom('mcp_configs').where('environment_id', '=', environment)

async function find(db: Kysely<Schema>, environment: string, id: string): Promise<McpConfigRow> {
  const row = await configsOf(db, environment).selectAll().where('id', '=', id).executeTakeFirst()
  if (row) return row
  throw apiError(Code.NotFound, `There is no MCP configuration ${JSON.stringify(id)} in this environment`)
}

async function appConnections(db: Kysely<Schema>, environment: string): Promise<AppConnection[]> {
  const rows = await db
    .selectFrom('connections')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('organization_id', 'is', null)
    .execute()
  return rows
    .map((row) => ({ ...row, ...connectionData(row) }))
    .filter(({ is_app }) => is_app)
    .map(({ id, key_id, provider_key }) => ({ id, key_id, provider: provider_key }))
}

function dataOf(
  connections: readonly AppConnection[],
  description: string,
  mappings: readonly mcp.McpConfigConnectionToolMapping[],
): string {
  return JSON.stringify({
    description,
    mappings: mappings.map(({ connectionName, tools }) => {
      const connection = connections.find(({ key_id }) => key_id === connectionName)
      if (connection) return { connection_id: connection.id, tools }
      throw apiError(Code.NotFound, `There is no application connection named ${connectionName}`)
    }),
  })
}

/** A connection that was deleted is no longer part of it. */
function toConfig({ id, name, data }: McpConfigRow, connections: readonly AppConnection[]) {
  const { description, mappings } = McpConfigData.parse(JSON.parse(data))
  return {
    id,
    name,
    description,
    connectionToolMappings: mappings.flatMap(({ connection_id, tools }) =>
      connections
        .filter((connection) => connection.id === connection_id)
        .map(({ key_id, provider }) => ({
          connectionId: connection_id,
          connectionName: key_id,
          provider,
          tools,
        })),
    ),
  } satisfies MessageInitShape<typeof mcp.McpConfigSchema>
}
