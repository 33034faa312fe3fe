import type { ProvidedTool } from '../agent-tools/connector.js'
import {
  accountsOf,
  type NamedAccount,
  withConnection,
} from '../connected-accounts/connected-account-data.js'
import type { Store } from '../store.js'
import {
  appConnections,
  mcpConfigData,
  mcpConfigsOf,
  type ToolMapping,
  toolMappings,
} from './mcp-config-data.js'
import { configServerUrl, connectionServerUrl } from './mcp-server-url.js'
import type { McpSession } from './session-tokens.js'

/** A tool of a session, and the account whose credentials it uses. */
export interface SessionTool {
  readonly tool: ProvidedTool
  readonly account: NamedAccount
}

/**
 * The tools that a session may call now, by name: those of its server for which the user has an account, and in a read-only
 * session only read-only tools. If two connections have the same tool, the first one is used.
 * @returns undefined if the session has ended: its configuration, connection or an account was deleted, or an account was
 * disconnected
 */
export async function sessionTools(
  store: Store,
  environment: string,
  session: McpSession,
): Promise<ReadonlyMap<string, SessionTool> | undefined> {
  const mappings = await serverMappings(store, environment, session)
  const accounts = await sessionAccounts(store, environment, session)
  if (mappings === undefined || accounts === undefined) return undefined
  const { tools } = await store.agentTools.catalogue.of(environment)
  const found = new Map<string, SessionTool>()
  for (const { connection, tools: named } of mappings) {
    const account = accounts.find(({ connection_id }) => connection_id === connection.id)
    if (account === undefined || connection.enabled !== 1) continue
    for (const tool of tools) {
      const isMapped = named.length === 0 || named.includes(tool.name)
      const isAllowed = session.access_level === 'FULL' || tool.read_only
      if (tool.provider !== connection.provider_key || !isMapped || !isAllowed || found.has(tool.name))
        continue
      found.set(tool.name, { tool, account })
    }
  }
  return found
}

/** The mappings of the server, or undefined if the URL in the token is no longer its URL. */
async function serverMappings(
  { database: { db }, baseUrl }: Store,
  environment: string,
  { aud, mcp_cfg, conn_id }: McpSession,
): Promise<readonly ToolMapping[] | undefined> {
  const connections = await appConnections(db, environment)
  if (mcp_cfg === undefined) {
    const connection = connections.find(({ id }) => id === conn_id)
    if (connection === undefined || connectionServerUrl(baseUrl, connection) !== aud) return undefined
    return [{ connection, tools: [] }]
  }
  const config = await mcpConfigsOf(db, environment).selectAll().where('id', '=', mcp_cfg).executeTakeFirst()
  if (config === undefined || configServerUrl(baseUrl, config) !== aud) return undefined
  return toolMappings(mcpConfigData(config), connections)
}

async function sessionAccounts(
  { database }: Store,
  environment: string,
  { sub, ca_ids }: McpSession,
): Promise<readonly NamedAccount[] | undefined> {
  const accounts = await withConnection(accountsOf(database.db, environment))
    .where('connected_accounts.identifier', '=', sub)
    .where('connected_accounts.id', 'in', ca_ids)
    .execute()
  const isWhole = accounts.length === new Set(ca_ids).size
  return isWhole && accounts.every(({ status }) => status !== 'DISCONNECTED') ? accounts : undefined
}
