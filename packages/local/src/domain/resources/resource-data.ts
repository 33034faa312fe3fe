import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { ResourceRow, Schema } from '../../storage/schema.js'
import { alreadyExists, invalid, notFound } from '../domain-error.js'

const TYPES = ['WEB', 'MOBILE', 'DESKTOP', 'SERVER', 'MCP_SERVER'] as const
const lifetime = (seconds: number) => z.coerce.number().int().positive().catch(seconds)

/** The attributes of an MCP server without a column of their own. Lifetimes are seconds. */
export const ResourceData = z.looseObject({
  resource_type: z.enum(TYPES).catch('MCP_SERVER'),
  description: z.string().catch(''),
  logo_uri: z.string().catch(''),
  /** Who signs people in instead of Scalekit; empty for Scalekit. */
  provider: z.string().catch(''),
  access_token_expiry: lifetime(3600),
  refresh_token_expiry: lifetime(30 * 24 * 3600),
  disable_dynamic_client_registration: z.boolean().catch(false),
  enable_cimd: z.boolean().catch(true),
  xaa_enabled: z.boolean().catch(false),
  intersect_scopes_user_permission: z.boolean().catch(false),
  /**
   * Which MCP servers this one may call for its users: the scopes that it gets there by token exchange (RFC 8693), by the id of
   * the other.
   */
  may_exchange_for: z.record(z.string(), z.array(z.string())).catch({}),
  /** Scalekit is moving the `iss` of resource tokens from the environment to the resource. */
  issuer_mode: z.enum(['env', 'resource']).catch('env'),
})
export type ResourceData = z.infer<typeof ResourceData>

export function resourceData(row: ResourceRow): ResourceData {
  return ResourceData.parse(JSON.parse(row.data))
}

/** @throws {DomainError} `not_found`, also for an MCP server of another environment */
export async function findResource(
  db: Kysely<Schema>,
  environment: string,
  id: string,
): Promise<ResourceRow> {
  const row = await db
    .selectFrom('resources')
    .selectAll()
    .where('realm', '=', environment)
    .where('id', '=', id)
    .executeTakeFirst()
  if (row) return row
  throw notFound(`There is no MCP server ${JSON.stringify(id)} in this environment`)
}

/**
 * Holds the URL of an MCP server to the rules of a resource indicator (RFC 8707, section 2), to being the only one
 * of its environment, because its tokens name it, and to not being ours: such tokens would name our API.
 * @throws {DomainError} `invalid`, `already_exists`
 */
export async function refuseWrongUrl(
  db: Kysely<Schema>,
  { id, realm, url }: ResourceRow,
  baseUrl: string,
): Promise<void> {
  if (url === id) return
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !/^https?:$/.test(parsed.protocol) || url.includes('#') || parsed.username !== '')
    refuseUrl('must be the http(s) URL of the server, without a fragment')
  else if (isServedHere(parsed, new URL(baseUrl)))
    refuseUrl('must not be an address of Scalekit itself: use the URL at which clients reach the MCP server')
  const rows = await db
    .selectFrom('resources')
    .select(['id', 'url'])
    .where('realm', '=', realm)
    .where('id', '!=', id)
    .execute()
  const taken = rows.find((row) => canonical(row.url) === canonical(url))
  if (taken) throw alreadyExists(`The MCP server ${taken.id} has this URL`)
}

function refuseUrl(description: string): never {
  throw invalid(`resource.resource_id: ${description}`, [{ field: 'resource.resource_id', description }])
}

/** Whether an address is ours: the port of this environment, by any name of this machine. The path does not matter. */
function isServedHere(url: URL, base: URL): boolean {
  const port = ({ protocol, port }: URL) => port || (protocol === 'https:' ? '443' : '80')
  return port(url) === port(base) && isThisMachine(url.hostname)
}

/** RFC 6761, section 6.3; RFC 1122, section 3.2.1.3; RFC 4291, section 2.5. `URL` has normalised the address. */
function isThisMachine(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '')
  return (
    /^(.+\.)?localhost$/.test(name) ||
    /^(127\.\d+\.\d+\.\d+|0\.0\.0\.0)$/.test(name) ||
    /^\[::(1|ffff:(7f[0-9a-f]{2}:[0-9a-f]{1,4}|0:0))?\]$/.test(name)
  )
}

/** A URL with its scheme and host in lower case and without the last slash: URLs that differ in these are the same server. */
export function canonical(url: string): string {
  return (URL.canParse(url) ? new URL(url).href : url).replace(/\/$/, '')
}
