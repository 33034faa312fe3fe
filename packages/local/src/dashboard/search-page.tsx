import type { Found, FoundObject, SearchedTable } from '../domain/search/find-objects.js'
import { type DashboardFrame, DashboardPage } from './dashboard-page.js'
import { organizationRoles, permissions, roles } from './kinds/access.js'
import { clients, organizationClients } from './kinds/clients.js'
import { connections, environmentConnections } from './kinds/connections.js'
import { directories } from './kinds/directories.js'
import { domains } from './kinds/domains.js'
import { type Kind, objectPath } from './kinds/kind.js'
import { mcpClients, mcpServers, scopes } from './kinds/mcp-servers.js'
import { organizations } from './kinds/organizations.js'
import { users } from './kinds/people.js'
import { Copyable } from './objects/object-frame.js'
import { PAGE_SCRIPT_PATH } from './page-script.js'

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

/** What was found by its id or name, in all environments. */
export function SearchPage({ query, found, ...frame }: DashboardFrame & { query: string; found: Found }) {
  const { objects, more } = found
  return (
    <DashboardPage {...frame} query={query} script={PAGE_SCRIPT_PATH}>
      {query === '' && <p class="lead">Search for a part of a name, an address or an id.</p>}
      {query !== '' && (
        <p class="lead" role="status">
          {objects.length === 0 ? 'Nothing has' : `${objects.length} found with`} <strong>{query}</strong> in
          its id or name.
          {more && ' There are more: search for more of the name.'}
        </p>
      )}
      {objects.length > 0 && (
        <section class="scroll" tabindex={0} aria-label="Found">
          <table>
            <thead>
              <tr>
                {['Name', 'Kind', 'Id', 'Environment'].map((column) => (
                  <th scope="col">{column}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {objects.map((object) => (
                <FoundRow object={object} environments={frame.environments} />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </DashboardPage>
  )
}

function FoundRow({
  object,
  environments,
}: {
  object: FoundObject
  environments: DashboardFrame['environments']
}) {
  const kind = KIND_OF[object.table](object)
  const environment = environments.find(({ id }) => id === object.environment)
  const ids = {
    environment: object.environment,
    organization: object.organization ?? '',
    mcp_server: object.resource ?? '',
    [kind.param]: object.id,
  }
  return (
    <tr>
      <td>
        {/* The workspace has no pages of its own for these. */}
        <a href={environment === undefined ? '/dashboard/workspace' : objectPath(kind, ids)}>
          {object.name || object.id}
        </a>
      </td>
      <td>{kind.one}</td>
      <td>
        <Copyable value={object.id} name={`the id of ${object.name || object.id}`} />
      </td>
      <td>{environment?.display_name ?? 'Workspace'}</td>
    </tr>
  )
}
