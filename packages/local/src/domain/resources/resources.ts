import type { Database } from '../../storage/database.js'
import type { ResourceRow } from '../../storage/schema.js'
import { canonical, type ResourceData, resourceData } from './resource-data.js'
import { resourceScopes, scopesOf } from './scope-data.js'

/** An MCP server of the registry: what tokens are for. */
export interface Resource {
  id: string
  realm: string
  /** Its canonical URL, the audience of its tokens. */
  url: string
  name: string
  scopes: string[]
  settings: ResourceData
}

export async function resourceWithId(
  database: Database,
  realm: string,
  id: string,
): Promise<Resource | undefined> {
  const row = await database.db
    .selectFrom('resources')
    .selectAll()
    .where('realm', '=', realm)
    .where('id', '=', id)
    .executeTakeFirst()
  return row && toResource(row, await disabledScopes(database, realm))
}

export async function listResources(database: Database, realm: string): Promise<Resource[]> {
  const rows = await database.db
    .selectFrom('resources')
    .selectAll()
    .where('realm', '=', realm)
    .orderBy('id')
    .execute()
  const disabled = await disabledScopes(database, realm)
  return rows.map((row) => toResource(row, disabled))
}

/**
 * Whether a resource indicator (RFC 8707, section 2) names this resource: by URL, slash or not, or by id. Clients send the
 * URL that a person typed, whose query selects tools and is not part of the resource.
 */
export function isIndicatorOf(resource: Resource, indicator: string): boolean {
  return indicator === resource.id || canonical(withoutQuery(indicator)) === canonical(resource.url)
}

/** The scopes that nobody gets: they were disabled, and their MCP servers still name them. */
async function disabledScopes(database: Database, realm: string): Promise<ReadonlySet<string>> {
  const rows = await scopesOf(database.db, realm).select('name').where('enabled', '=', 0).execute()
  return new Set(rows.map(({ name }) => name))
}

function toResource(row: ResourceRow, disabled: ReadonlySet<string>): Resource {
  return {
    id: row.id,
    realm: row.realm,
    url: row.url,
    name: row.name,
    scopes: resourceScopes(row).filter((scope) => !disabled.has(scope)),
    settings: resourceData(row),
  }
}

function withoutQuery(indicator: string): string {
  return indicator.replace(/\?[^#]*$/, '')
}
