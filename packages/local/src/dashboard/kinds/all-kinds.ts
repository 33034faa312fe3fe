import { organizationRoles, permissions, roles } from './access.js'
import { interceptors, webhooks } from './applications.js'
import { clients, organizationClients } from './clients.js'
import { connections } from './connections.js'
import { directories } from './directories.js'
import { domains } from './domains.js'
import { environmentConnections } from './environment-connections.js'
import type { Kind } from './kind.js'
import { mcpClients, mcpServers, scopes } from './mcp-servers.js'
import { organizations } from './organizations.js'
import { members, users } from './people.js'

/** Everything that can be created, changed and deleted by hand, in the order in which an environment shows it. */
export const KINDS: readonly Kind[] = [
  ...[organizations, users, roles, permissions, environmentConnections, clients, mcpServers, scopes],
  ...[webhooks, interceptors],
  ...[members, connections, directories, domains, organizationRoles, organizationClients],
  mcpClients,
]

export const childrenOf = (parent: Kind | undefined): readonly Kind[] =>
  KINDS.filter((kind) => kind.parent === parent)
