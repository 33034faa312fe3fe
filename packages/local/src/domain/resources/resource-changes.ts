import type { Kysely } from 'kysely'
import type { ResourceRow, Schema } from '../../storage/schema.js'
import { invalid } from '../domain-error.js'
import { ResourceData, resourceData } from './resource-data.js'
import { scopeNames } from './scope-data.js'

/** What a request can say about an MCP server. Lifetimes are seconds. */
export interface ResourceFields {
  readonly name: string
  readonly resourceId: string
  readonly resourceUri: string
  readonly description: string
  readonly logoUri: string
  readonly provider: string
  readonly accessTokenExpiry: bigint
  readonly refreshTokenExpiry: bigint
  readonly disableDynamicClientRegistration?: boolean | undefined
  readonly enableCimd?: boolean | undefined
  readonly xaaEnabled?: boolean | undefined
  readonly intersectScopesUserPermission?: boolean | undefined
  readonly scopes: string[]
}

/**
 * An MCP server with the named fields of a request in place of its own. Scopes that are new to the
 * environment are added to it.
 * @throws {DomainError} `invalid`
 */
export async function changedResource(
  db: Kysely<Schema>,
  row: ResourceRow,
  message: ResourceFields,
  fields: ReadonlySet<string>,
  now: number,
): Promise<ResourceRow> {
  if (fields.has('name') && message.name === '') {
    throw invalid('resource.name: an MCP server must have a name', [
      { field: 'resource.name', description: 'must not be empty' },
    ])
  }
  const changes: Readonly<Record<string, Partial<ResourceData>>> = {
    description: { description: message.description },
    logoUri: { logo_uri: message.logoUri },
    provider: { provider: message.provider },
    accessTokenExpiry: { access_token_expiry: Number(message.accessTokenExpiry) },
    refreshTokenExpiry: { refresh_token_expiry: Number(message.refreshTokenExpiry) },
    disableDynamicClientRegistration: {
      disable_dynamic_client_registration: message.disableDynamicClientRegistration ?? false,
    },
    enableCimd: { enable_cimd: message.enableCimd ?? false },
    xaaEnabled: { xaa_enabled: message.xaaEnabled ?? false },
    intersectScopesUserPermission: {
      intersect_scopes_user_permission: message.intersectScopesUserPermission ?? false,
    },
  }
  const named = Object.entries(changes).filter(([name]) => fields.has(name))
  const data = ResourceData.parse(Object.assign({ ...resourceData(row) }, ...named.map(([, one]) => one)))
  const url = fields.has('resourceId') || fields.has('resourceUri')
  return {
    ...row,
    name: fields.has('name') ? message.name : row.name,
    url: url ? message.resourceId || message.resourceUri || row.id : row.url,
    scopes: fields.has('scopes')
      ? JSON.stringify(await scopeNames(db, row.realm, now, message.scopes))
      : row.scopes,
    data: JSON.stringify(data),
    updated_at: now,
  }
}
