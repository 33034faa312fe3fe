import { createHash } from 'node:crypto'
import type { ConnectionRow, McpConfigRow } from '../../storage/registry-schema.js'
import { realmIssuer } from '../environments/realm.js'

/** The paths of MCP servers below the URL of an environment. */
export const CONFIG_SERVERS = '/mcp/v3/servers'
export const CONNECTION_SERVERS = '/mcp/v3/connections'

type Config = Pick<McpConfigRow, 'id' | 'environment_id'>
type Connection = Pick<ConnectionRow, 'key_id' | 'environment_id'>

/** The URL of the MCP server of a configuration, the same for all users. */
export function configServerUrl(baseUrl: string, config: Config): string {
  return configServerAddress(baseUrl, config.environment_id, configServerId(config))
}

/** The same by the id of the server. */
export function configServerAddress(baseUrl: string, environment: string, serverId: string): string {
  return `${realmIssuer(baseUrl, environment)}${CONFIG_SERVERS}/${encodeURIComponent(serverId)}`
}

/** The URL of the MCP server of a connection. */
export function connectionServerUrl(baseUrl: string, { key_id, environment_id }: Connection): string {
  return `${realmIssuer(baseUrl, environment_id)}${CONNECTION_SERVERS}/${encodeURIComponent(key_id)}`
}

/** A UUID (RFC 9562, section 5.8), derived from the id of the configuration so that exported and imported data keeps its URLs. */
export function configServerId({ id, environment_id }: Config): string {
  const hash = createHash('sha256').update(`${environment_id}/${id}`).digest('hex')
  const variant = '89ab'[Number.parseInt(hash.slice(16, 17), 16) % 4]
  const groups = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`]
  return [...groups, `${variant}${hash.slice(17, 20)}`, hash.slice(20, 32)].join('-')
}
