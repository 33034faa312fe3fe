import type { Database } from '../../storage/database.js'

/** The realm of the workspace's own members. Every other realm is an environment, by its id. */
export const WORKSPACE = 'workspace'

/** The issuer of a realm's tokens, and the audience of its management API. */
export function realmIssuer(baseUrl: string, realm: string): string {
  return `${baseUrl}/${realm}`
}

/** The issuer identifier of a resource's own authorization server. */
export function resourceIssuer(baseUrl: string, realm: string, resourceId: string): string {
  return `${baseUrl}/${realm}/resources/${resourceId}`
}

/** Where a record belongs: its signing realm, and the authorization server within it. */
export interface Partition {
  realm: string
  /** `realm`, or `realm/res_…` for the authorization server of a resource. */
  server: string
}

/** Where an authorization server keeps its records: in the realm's own partition, or in that of an MCP server. */
export function partitionOf({
  realm,
  resource,
}: {
  realm: string
  resource: { id: string } | undefined
}): Partition {
  return { realm, server: resource === undefined ? realm : `${realm}/${resource.id}` }
}

/** The realm whose issuer this is, in form only: whether it exists is for the database to say. */
export function realmOfIssuer(baseUrl: string, issuer: string): string | undefined {
  const realm = issuer.startsWith(`${baseUrl}/`) ? issuer.slice(baseUrl.length + 1) : ''
  return isRealmName(realm) ? realm : undefined
}

/** Whether a path segment can name a realm. */
export function isRealmName(segment: string): boolean {
  return segment === WORKSPACE || /^env_\d{1,20}$/.test(segment)
}

export async function realmExists(database: Database, realm: string): Promise<boolean> {
  if (realm === WORKSPACE) return true
  const row = await database.db
    .selectFrom('environments')
    .select('id')
    .where('id', '=', realm)
    .executeTakeFirst()
  return row !== undefined
}

/** A realm as people know it. */
export async function realmName(database: Database, realm: string): Promise<string> {
  if (realm === WORKSPACE) return 'the workspace'
  const row = await database.db
    .selectFrom('environments')
    .select('display_name')
    .where('id', '=', realm)
    .executeTakeFirst()
  return `the environment ${row?.display_name ?? realm}`
}
