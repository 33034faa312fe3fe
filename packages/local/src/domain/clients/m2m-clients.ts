import type { Database } from '../../storage/database.js'
import type { Partition } from '../environments/realm.js'
import { isIndicatorOf, type Resource } from '../resources/resources.js'
import { type M2mClientData, m2mClientData } from './m2m-client-data.js'

/** A machine's client, created with the management API: of an organization (`m2morg_`) or of an MCP server (`m2m_`). */
export interface M2mClient extends M2mClientData {
  id: string
  organizationId: string | null
  /** The MCP server that the client belongs to. */
  resourceId: string | null
  secrets: string
}

/** A machine's client at one authorization server. That of an MCP server is unknown at the others. */
export async function m2mClientAt(
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
    ...m2mClientData(row),
    id,
    organizationId: row.organization_id,
    resourceId: resource_id,
    secrets: row.secrets,
  }
}

/** Whether a client may have tokens for an MCP server: for its own, or for one that its organization's audience names. */
export function mayTarget({ resourceId, audience }: M2mClient, resource: Resource): boolean {
  return resourceId === null
    ? audience.some((name) => isIndicatorOf(resource, name))
    : resourceId === resource.id
}
