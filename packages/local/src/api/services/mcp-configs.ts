import type { MessageInitShape } from '@bufbuild/protobuf'
import type { ServiceImpl } from '@connectrpc/connect'
import type { McpService, mcp } from '@scalekit-mcp/api'
import { createMcpConfig, updateMcpConfig } from '../../domain/mcp-configs/mcp-config-changes.js'
import {
  type AppConnection,
  appConnections,
  findMcpConfig,
  mcpConfigData,
  mcpConfigsOf,
  toolMappings,
} from '../../domain/mcp-configs/mcp-config-data.js'
import { configServerId, configServerUrl } from '../../domain/mcp-configs/mcp-server-url.js'
import type { Store } from '../../domain/store.js'
import type { McpConfigRow } from '../../storage/registry-schema.js'
import { required } from '../identity.js'
import { pageOf, readPage } from '../page.js'
import { environmentOf } from '../request-context.js'

/** What agents are given: connections, and which of their tools. */
export function mcpConfigHandlers(store: Store): Partial<ServiceImpl<typeof McpService>> {
  const { database, clock, agentTools, baseUrl } = store
  return {
    async createMcpConfig(request, context) {
      const { name, description, connectionToolMappings: mappings } = required(request.config, 'config')
      const environment = environmentOf(context)
      const toolbox = await agentTools.catalogue.of(environment)
      return database.transaction(async (db) => {
        const fields = { name, description, mappings }
        const row = await createMcpConfig(db, environment, toolbox, clock.now(), fields)
        return { config: toConfig(row, await appConnections(db, environment)) }
      })
    },

    async updateMcpConfig({ configId: id, description, connectionToolMappings: mappings }, context) {
      const environment = environmentOf(context)
      const toolbox = await agentTools.catalogue.of(environment)
      return database.transaction(async (db) => {
        const fields = { id, description, mappings }
        const row = await updateMcpConfig(db, environment, toolbox, clock.now(), fields)
        return { config: toConfig(row, await appConnections(db, environment)) }
      })
    },

    async listMcpConfigs(request, context) {
      const environment = environmentOf(context)
      const { id = '', name = '', provider = '', mcpServerUrl = '' } = request.filter ?? {}
      const connections = await appConnections(database.db, environment)
      const rows = await mcpConfigsOf(database.db, environment).selectAll().execute()
      const found = rows
        .filter((row) => (!id || row.id === id) && (!name || row.name.toLowerCase() === name.toLowerCase()))
        // The last segment of the URL says which server it is.
        .filter((row) => !mcpServerUrl || mcpServerUrl.split('/').at(-1) === configServerId(row))
        .map((row) => ({ ...toConfig(row, connections), id: row.id, name: row.name }))
        .filter((config) => config.name.toLowerCase().includes(request.search.toLowerCase()))
        .filter(
          (config) => !provider || config.connectionToolMappings.some((one) => one.provider === provider),
        )
      const filter = [id, name, provider, mcpServerUrl, request.search]
      const page = readPage(['mcp configs', environment, ...filter], request)
      const { rows: configs, tokens } = pageOf(page, found)
      return { ...tokens, configs: [...configs] }
    },

    async getMcpConfig({ configId }, context) {
      const environment = environmentOf(context)
      const row = await findMcpConfig(database.db, environment, configId)
      return { config: toConfig(row, await appConnections(database.db, environment)) }
    },

    async deleteMcpConfig({ configId }, context) {
      const row = await findMcpConfig(database.db, environmentOf(context), configId)
      await database.db.deleteFrom('mcp_configs').where('id', '=', row.id).execute()
      return {}
    },
  }

  function toConfig(row: McpConfigRow, connections: readonly AppConnection[]) {
    const data = mcpConfigData(row)
    return {
      id: row.id,
      name: row.name,
      description: data.description,
      connectionToolMappings: toolMappings(data, connections).map(({ connection, tools }) => ({
        connectionId: connection.id,
        connectionName: connection.key_id,
        provider: connection.provider_key,
        tools: [...tools],
      })),
      mcpServerUrl: configServerUrl(baseUrl, row),
    } satisfies MessageInitShape<typeof mcp.McpConfigSchema>
  }
}
