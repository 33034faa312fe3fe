import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { clients } from '@scalekit-mcp/api'
import { connectionData } from '../../domain/connections/connection-data.js'
import { resourceData } from '../../domain/resources/resource-data.js'
import { resourceScopes } from '../../domain/resources/scope-data.js'
import type { ConnectionRow, ScopeRow } from '../../storage/registry-schema.js'
import type { ResourceRow } from '../../storage/schema.js'

/**
 * An MCP server as the API shows it, with the protected resource metadata (RFC 9728, section 2) that its
 * developer publishes.
 */
export function toResource(
  row: ResourceRow,
  scopes: readonly ScopeRow[],
  baseUrl: string,
  ownLogin: ConnectionRow | undefined,
): MessageInitShape<typeof clients.ResourceSchema> {
  const data = resourceData(row)
  const names = resourceScopes(row)
  const url = row.url === row.id ? '' : row.url
  return {
    id: row.id,
    name: row.name,
    resourceId: url,
    resourceUri: url,
    description: data.description,
    resourceType: clients.ResourceType[data.resource_type],
    disableDynamicClientRegistration: data.disable_dynamic_client_registration,
    logoUri: data.logo_uri,
    accessTokenExpiry: BigInt(data.access_token_expiry),
    refreshTokenExpiry: BigInt(data.refresh_token_expiry),
    createTime: timestampFromMs(row.created_at),
    updateTime: timestampFromMs(row.updated_at),
    provider: data.provider,
    scopes: scopes.filter(({ name }) => names.includes(name)).map(toScope),
    intersectScopesUserPermission: data.intersect_scopes_user_permission,
    enableCimd: data.enable_cimd,
    xaaEnabled: data.xaa_enabled,
    ...(ownLogin && { connectionDetails: toResourceConnection(ownLogin) }),
    protectedMetadata: {
      resource: url || row.id,
      authorization_servers: [`${baseUrl}/${row.realm}/resources/${row.id}`],
      bearer_methods_supported: ['header'],
      scopes_supported: names,
    },
    protectedMetadataUri: metadataUri(url),
  }
}

/** The connection of an MCP server to a login page of the developer's own. */
export function toResourceConnection(row: ConnectionRow) {
  const { authorizeUri = '' } = connectionData(row).settings
  return {
    id: row.id,
    type: clients.ResourceConnectionType.CUSTOM,
    status: row.status,
    enabled: row.enabled === 1,
    settings: { authorize_uri: authorizeUri },
    provider: row.provider,
  }
}

/** RFC 9728, section 3.1: the well-known part goes between the host and the path. */
function metadataUri(url: string): string {
  if (url === '') return ''
  const { origin, pathname } = new URL(url)
  return `${origin}/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}`
}

export function toScope({ id, name, description, enabled }: ScopeRow) {
  return { id, name, description, enabled: enabled === 1 }
}
