import type { Kysely } from 'kysely'
import type { ResourceRow, Schema } from '../../storage/schema.js'
import { findConnectionNamed } from '../connections/select-connection.js'
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
  const before = resourceData(row)
  const { accessTokenExpiry, refreshTokenExpiry, provider } = message
  if (fields.has('accessTokenExpiry')) refuseLifetime('access_token_expiry', accessTokenExpiry)
  if (fields.has('refreshTokenExpiry')) refuseLifetime('refresh_token_expiry', refreshTokenExpiry)
  if (fields.has('provider') && provider !== before.provider)
    await refuseUnknownProvider(db, row.realm, provider)
  const changes: Readonly<Record<string, Partial<ResourceData>>> = {
    description: { description: message.description },
    logoUri: { logo_uri: message.logoUri },
    provider: { provider },
    accessTokenExpiry: { access_token_expiry: Number(accessTokenExpiry) },
    refreshTokenExpiry: { refresh_token_expiry: Number(refreshTokenExpiry) },
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
  const data = ResourceData.parse(Object.assign({ ...before }, ...named.map(([, one]) => one)))
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

/** The longest lives of tokens, in seconds: a day, and a year. */
const LONGEST = { access_token_expiry: 86_400, refresh_token_expiry: 31_536_000 }

/** 0 stands for the default. */
function refuseLifetime(name: keyof typeof LONGEST, seconds: bigint): void {
  if (seconds >= 0n && seconds <= BigInt(LONGEST[name])) return
  const field = `resource.${name}`
  const description = `must be from 1 to ${LONGEST[name]} seconds, or 0 for the default`
  throw invalid(`${field}: ${description}`, [{ field, description }])
}

async function refuseUnknownProvider(db: Kysely<Schema>, environment: string, name: string): Promise<void> {
  if (name === '' || (await findConnectionNamed(db, environment, name))) return
  const description = `There is no connection ${JSON.stringify(name)} to sign in with: use the key_id of one, or leave it empty`
  throw invalid(`resource.provider: ${description}`, [{ field: 'resource.provider', description }])
}
