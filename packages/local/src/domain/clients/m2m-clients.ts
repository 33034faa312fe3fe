import type { ClientMetadata } from 'oidc-provider'
import { z } from 'zod'
import type { Database } from '../../storage/database.js'
import { storedHashes } from './stored-hashes.js'
import type { Partition } from '../../oauth/server/record-adapter.js'
import { isIndicatorOf, type Resource } from '../resources/resources.js'

const Texts = z.array(z.string()).catch([])
const Data = z.looseObject({
  name: z.string().optional().catch(undefined),
  scopes: Texts,
  audience: Texts,
  custom_claims: z.array(z.object({ key: z.string(), value: z.string() })).catch([]),
  expiry: z.number().int().positive().catch(3600),
  redirect_uris: Texts,
})

/** Claims that say whom a token is about or what its holder may do: only this environment sets them. */
const RESERVED_CLAIMS = ['act', 'email', 'oid', 'permissions', 'roles', 'sid', 'xoid', 'xuid']

/** A machine's client, created with the management API: of an organization (`m2morg_`) or of an MCP server (`m2m_`). */
export interface M2mClient extends z.infer<typeof Data> {
  id: string
  organizationId: string | null
  /** The MCP server that the client belongs to. */
  resourceId: string | null
  secrets: string
}

/** A machine's client at one authorization server. That of an MCP server is unknown at the others. */
export async function findM2mClient(
  database: Database,
  { realm, server }: Partition,
  id: string,
): Promise<M2mClient | undefined> {
  const row = await database.db
    .selectFrom('m2m_clients')
    .selectAll()
    .where('environment_id', '=', realm)
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { resource_id } = row
  if (resource_id !== null && ![realm, `${realm}/${resource_id}`].includes(server)) return undefined
  return {
    ...Data.parse(JSON.parse(row.data)),
    id,
    organizationId: row.organization_id,
    resourceId: resource_id,
    secrets: row.secrets,
  }
}

/** Such a client as oidc-provider wants it. */
export function m2mMetadata(client: M2mClient): ClientMetadata {
  const signsIn = client.redirect_uris.length > 0
  return {
    client_id: client.id,
    client_name: client.name || undefined,
    client_secret: storedHashes(client.secrets),
    token_endpoint_auth_method: 'client_secret_basic',
    redirect_uris: client.redirect_uris,
    response_types: signsIn ? ['code'] : [],
    grant_types: ['client_credentials', ...(signsIn ? ['authorization_code', 'refresh_token'] : [])],
  }
}

/** Whether a client may have tokens for an MCP server: for its own, or for one that its organization's audience names. */
export function mayTarget({ resourceId, audience }: M2mClient, resource: Resource): boolean {
  return resourceId === null
    ? audience.some((name) => isIndicatorOf(resource, name))
    : resourceId === resource.id
}

/** The organization that a client acts for, and its custom claims. */
export function m2mClaims({ organizationId, custom_claims }: M2mClient) {
  const custom = custom_claims.filter(({ key }) => !RESERVED_CLAIMS.includes(key))
  return {
    custom: Object.fromEntries(custom.map(({ key, value }) => [key, value])),
    claims: organizationId === null ? {} : { oid: organizationId },
  }
}
