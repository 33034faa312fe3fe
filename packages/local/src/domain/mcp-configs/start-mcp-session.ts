import { sql } from 'kysely'
import { seconds } from '../../storage/clock.js'
import {
  accountsOf,
  type NamedAccount,
  withConnection,
} from '../connected-accounts/connected-account-data.js'
import { connectionData } from '../connections/connection-data.js'
import { failedPrecondition, invalid, notFound } from '../domain-error.js'
import type { Store } from '../store.js'
import { appConnections, findMcpConfig, mcpConfigData, toolMappings } from './mcp-config-data.js'
import { configServerUrl, connectionServerUrl } from './mcp-server-url.js'
import type { McpSession } from './session-tokens.js'

const MINUTE = 60
const DAY = 24 * 3600
const USUAL = 3600

/** A request for a session of one user at the MCP server of a configuration or of a connection. */
export interface SessionRequest {
  readonly mcpConfigId: string
  /** The name of a connection, in any letter case. */
  readonly keyId: string
  readonly identifier: string
  readonly readOnly: boolean
  /** The lifetime. Default: an hour. */
  readonly seconds: number | undefined
}

interface Target extends Pick<McpSession, 'aud' | 'mcp_cfg' | 'conn_id'> {
  /** The names of the connections where the user needs an account, by id. */
  readonly connections: ReadonlyMap<string, string>
}

/**
 * Creates the token with which an agent acts for a user at an MCP server.
 * @throws {DomainError} `not_found` for an unknown configuration, or a connection that is unknown or not enabled; `invalid`;
 * `failed_precondition` if an account is missing or not active
 */
export async function startMcpSession(
  store: Store,
  environment: string,
  { mcpConfigId, keyId, identifier, readOnly, seconds: lifetime = USUAL }: SessionRequest,
): Promise<{ token: string; expiresAt: number }> {
  if (Boolean(mcpConfigId) === Boolean(keyId)) throw invalid('set exactly one of mcp_config_id or key_id')
  if (!(lifetime >= MINUTE && lifetime <= DAY)) {
    const description = 'must be between 60s and 86400s'
    throw invalid(`expiry: ${description}`, [{ field: 'expiry', description }])
  }
  const find = mcpConfigId
    ? configTarget(store, environment, mcpConfigId)
    : connectionTarget(store, environment, keyId)
  const { connections, ...target } = await find
  const accounts = await activeAccounts(store, environment, identifier)
  const missing = [...connections].filter(([id]) => !accounts.some((account) => account.connection_id === id))
  if (missing.length > 0) {
    const names = missing.map(([, name]) => name).join(', ')
    throw failedPrecondition(
      `${identifier} has no active connected account at ${names}: have the user connect it with a link, then ask for the token again`,
    )
  }
  const session: McpSession = {
    ...target,
    sub: identifier,
    ca_ids: accounts.filter(({ connection_id }) => connections.has(connection_id)).map(({ id }) => id),
    access_level: readOnly ? 'READ_ONLY' : 'FULL',
  }
  const whole = Math.floor(lifetime)
  const token = await store.agentTools.sessionTokens.issue(environment, session, whole)
  return { token, expiresAt: (seconds(store.clock) + whole) * 1000 }
}

async function configTarget(
  { database: { db }, baseUrl }: Store,
  environment: string,
  id: string,
): Promise<Target> {
  const config = await findMcpConfig(db, environment, id)
  const mappings = toolMappings(mcpConfigData(config), await appConnections(db, environment))
  if (mappings.length === 0)
    throw failedPrecondition(
      `The MCP configuration ${id} has no connections: add one, then ask for the token again`,
    )
  return {
    aud: configServerUrl(baseUrl, config),
    mcp_cfg: config.id,
    connections: new Map(mappings.map(({ connection }) => [connection.id, connection.key_id])),
  }
}

async function connectionTarget(
  { database: { db }, baseUrl }: Store,
  environment: string,
  keyId: string,
): Promise<Target> {
  const rows = await db
    .selectFrom('connections')
    .selectAll()
    .where('environment_id', '=', environment)
    .where(sql<string>`lower(key_id)`, '=', keyId.toLowerCase())
    .orderBy('id')
    .execute()
  const connection = rows.find(({ key_id }) => key_id === keyId) ?? rows[0]
  if (connection === undefined)
    throw notFound(`connection not found: there is no connection named ${keyId} in this environment`)
  if (!connectionData(connection).is_app)
    throw invalid(`The connection ${connection.key_id} signs users in: name an AgentKit connection`)
  if (connection.enabled !== 1 || connection.status !== 'COMPLETED')
    throw notFound(`connection not found: ${connection.key_id} is not enabled`)
  return {
    aud: connectionServerUrl(baseUrl, connection),
    conn_id: connection.id,
    connections: new Map([[connection.id, connection.key_id]]),
  }
}

function activeAccounts(
  { database }: Store,
  environment: string,
  identifier: string,
): Promise<NamedAccount[]> {
  return withConnection(accountsOf(database.db, environment))
    .where('connected_accounts.identifier', '=', identifier)
    .where('connected_accounts.status', '=', 'ACTIVE')
    .orderBy('connected_accounts.id')
    .execute()
}
