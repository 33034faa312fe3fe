import { type FoundObject, findObjects, type SearchedTable } from '../domain/search/find-objects.js'
import type { Store } from '../domain/store.js'
import { organizationRoles, permissions, roles } from './kinds/access.js'
import { interceptors, webhooks } from './kinds/applications.js'
import { clients, organizationClients } from './kinds/clients.js'
import { connections } from './kinds/connections.js'
import { directories } from './kinds/directories.js'
import { domains } from './kinds/domains.js'
import { environmentConnections } from './kinds/environment-connections.js'
import { type Kind, objectPath } from './kinds/kind.js'
import { mcpClients, mcpServers, scopes } from './kinds/mcp-servers.js'
import { organizations } from './kinds/organizations.js'
import { users } from './kinds/people.js'

/** Something that was found, and where its page is. */
export interface FoundRow {
  readonly href: string
  readonly name: string
  readonly kind: string
  readonly id: string
  /** The environment, or the workspace. */
  readonly realm: string
}

const FOUND_OF_A_KIND = 50

/** The kind of what is in a table, by what it belongs to. */
const KIND_OF: Readonly<Record<SearchedTable, (found: FoundObject) => Kind>> = {
  organizations: () => organizations,
  users: () => users,
  roles: ({ organization }) => (organization === null ? roles : organizationRoles),
  permissions: () => permissions,
  connections: ({ organization }) => (organization === null ? environmentConnections : connections),
  directories: () => directories,
  domains: () => domains,
  clients: () => clients,
  m2m_clients: ({ organization }) => (organization === null ? mcpClients : organizationClients),
  resources: () => mcpServers,
  scopes: () => scopes,
}

/** What has a text in its id or one of its names, in all environments; `more` where a kind has more than are listed. */
export async function search(
  context: Pick<Store, 'database' | 'webhooks' | 'interceptors'>,
  text: string,
): Promise<{ rows: FoundRow[]; more: boolean }> {
  const { objects, more } = await findObjects(context.database, text, FOUND_OF_A_KIND)
  return { rows: [...objects.map(toRow), ...(await findApplications(context, text))], more }
}

function toRow(found: FoundObject): FoundRow {
  const { environment, id, name, organization, resource } = found
  const kind = KIND_OF[found.table](found)
  const above = { organization: organization ?? '', mcp_server: resource ?? '' }
  return rowOf(kind, { ...above, environment, [kind.param]: id }, id, name)
}

function rowOf(kind: Kind, ids: Record<string, string>, id: string, name: string): FoundRow {
  const { environment: realm = '' } = ids
  // The workspace has no pages of single objects.
  const href = realm.startsWith('env_') ? objectPath(kind, ids) : '/dashboard/workspace'
  return { href, name: name || id, kind: kind.one, id, realm }
}

/** Webhooks and interceptors are sealed in the database. */
async function findApplications(
  context: Pick<Store, 'webhooks' | 'interceptors'>,
  text: string,
): Promise<FoundRow[]> {
  const has = (...values: string[]) => values.some((one) => one.toLowerCase().includes(text.toLowerCase()))
  const endpoints = (await context.webhooks.endpoints()).filter(({ id, url }) => has(id, url))
  const asked = (await context.interceptors.list()).filter((one) =>
    has(one.id, one.display_name, one.api_url),
  )
  return [
    ...endpoints.map(({ id, url, environment }) => rowOf(webhooks, { environment, webhook: id }, id, url)),
    ...asked.map(({ id, display_name, environment }) =>
      rowOf(interceptors, { environment, interceptor: id }, id, display_name),
    ),
  ]
}
