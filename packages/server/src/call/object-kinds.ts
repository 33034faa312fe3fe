import type { ToolContext } from '../tool.js'

/** A kind of object, the tool that lists it, and how one is read, where that is one request. */
export interface Kind {
  readonly noun: string
  readonly listedBy: string
  /** Of those in an organization, where another tool lists them. */
  readonly listedInOrganizationBy?: string
  read?(ids: Ids, scalekit: ToolContext['scalekit']): Promise<unknown>
}

/** The arguments of a call that are ids. */
export type Ids = Readonly<Record<string, string>>

/** By the argument that names the object. What contains others comes first. */
export const kinds: Readonly<Record<string, Kind>> = {
  organizationId: {
    noun: 'organization',
    listedBy: 'list_organizations',
    read: ({ environmentId = '', organizationId = '' }, scalekit) =>
      scalekit
        .organizations(environmentId)
        .getOrganization({ identities: { case: 'id', value: organizationId } }),
  },
  userId: { noun: 'user', listedBy: 'list_users', listedInOrganizationBy: 'list_organization_users' },
  connectionId: {
    noun: 'connection',
    listedBy: 'list_environment_connections',
    listedInOrganizationBy: 'list_organization_connections',
  },
  mcpServerId: { noun: 'MCP server', listedBy: 'list_mcp_servers' },
  clientId: {
    noun: 'client',
    listedBy: 'list_redirect_uris',
    listedInOrganizationBy: 'list_organization_clients',
    read: ({ environmentId = '', organizationId, clientId = '' }, scalekit) => {
      const clients = scalekit.clients(environmentId)
      return organizationId === undefined
        ? clients.getClient({ clientId })
        : clients.getOrganizationClient({ organizationId, clientId })
    },
  },
  secretId: {
    noun: 'secret',
    listedBy: 'get_environment_credentials',
    listedInOrganizationBy: 'get_organization_client',
  },
  directoryId: { noun: 'directory', listedBy: 'list_directories' },
  groupId: { noun: 'group', listedBy: 'list_directory_groups' },
  domainId: { noun: 'domain', listedBy: 'list_domains' },
  sessionId: { noun: 'session', listedBy: 'list_user_sessions' },
}

/**
 * How to find the id of an object, for a caller who gave something else.
 *
 * @param argument that takes the id
 * @param isInOrganization whether the call names an organization
 */
export function whereIdsAre(argument: string, isInOrganization: boolean, given: unknown): string | undefined {
  const kind = Object.hasOwn(kinds, argument) ? kinds[argument] : undefined
  if (!kind) return undefined
  const listedBy = (isInOrganization && kind.listedInOrganizationBy) || kind.listedBy
  const isAddress = argument === 'userId' && typeof given === 'string' && given.includes('@')
  return isAddress ? `${listedBy} finds the id by the e-mail address (query).` : `${listedBy} lists the ids.`
}
