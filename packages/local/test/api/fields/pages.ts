import type { DescMethod, Message } from '@bufbuild/protobuf'
import {
  ApiTokenService,
  AuditLogsService,
  ClientService,
  ConnectedAccountService,
  ConnectionService,
  DirectoryService,
  EnvironmentService,
  EventsService,
  McpService,
  MembersService,
  OrganizationService,
  ProviderService,
  RolesService,
  SessionService,
  ToolService,
  UserService,
} from '@scalekit-mcp/api'
import { expect } from 'vitest'
import { allow } from '../every-method/clients.js'
import { ACME, DEV, GLOBEX } from '../local.js'
import { signInToApp } from '../sign-in.js'
import type { Observation, World } from './observation.js'

const ANA = 'usr_100000000000000101'
const DIRECTORY = 'dir_100000000000000001'
const CUSTOM = 1
const MCP_SERVER = 5
const OAUTH = 4
const OIDC = 1

/** Every list with pages, and a request for one that has two objects at least. */
const LISTS: readonly (readonly [DescMethod, object?])[] = [
  [ApiTokenService.method.listTokens, { organizationId: ACME }],
  [AuditLogsService.method.listAuthRequests],
  [ClientService.method.listClient],
  [ClientService.method.listOrganizationClients, { organizationId: ACME }],
  [ClientService.method.listResources, { resourceType: MCP_SERVER }],
  [ClientService.method.listCurrentAgentConsents],
  [ClientService.method.listResourceUserConsents],
  [ConnectedAccountService.method.listConnectedAccounts],
  [ConnectedAccountService.method.searchConnectedAccounts, { query: 'ca_' }],
  [ConnectionService.method.listOrganizationConnections],
  [ConnectionService.method.searchOrganizationConnections],
  [ConnectionService.method.listAppConnections],
  [DirectoryService.method.listDirectoryUsers, { organizationId: ACME, directoryId: DIRECTORY }],
  [DirectoryService.method.listDirectoryGroups, { organizationId: ACME, directoryId: DIRECTORY }],
  [EnvironmentService.method.listEnvironment],
  [EventsService.method.listEvents],
  [EventsService.method.listEventsPaginated],
  [McpService.method.listMcpConfigs],
  [MembersService.method.listMembers],
  [OrganizationService.method.listOrganization],
  [OrganizationService.method.searchOrganization, { query: 'org_' }],
  [ProviderService.method.listProviders, { filter: { providerType: CUSTOM } }],
  [RolesService.method.listPermissions],
  [SessionService.method.getUserSessions, { userId: ANA }],
  [ToolService.method.listTools, { filter: { summary: true } }],
  [ToolService.method.listScopedTools, { identifier: 'default', filter: {} }],
  [ToolService.method.listAvailableTools, { identifier: 'default' }],
  [UserService.method.listUsers],
  [UserService.method.searchUsers, { query: 'acme' }],
  [UserService.method.searchOrganizationUsers, { organizationId: ACME, query: 'acme' }],
  [UserService.method.listOrganizationUsers, { organizationId: ACME }],
]

export const pageFields: readonly Observation[] = [
  {
    seen: 'in the page: how many objects it has, and which',
    fields: LISTS.map(([method]) => [method, 'page_size', 'page_token'] as const),
    async observe(world) {
      const resourceId = await fill(world)
      for (const [method, request = {}] of LISTS) {
        const client = world.wire.client(method.parent) as unknown as Record<
          string,
          (request: object) => Promise<Message & { nextPageToken: string }>
        >
        const own = method === ClientService.method.listResourceUserConsents ? { resourceId } : request
        const page = async (pageToken: string) => {
          const answer = await client[method.localName]?.({ ...own, pageSize: 1, pageToken })
          const rows = Object.values(answer ?? {}).find(Array.isArray) ?? []
          return { rows, next: answer?.nextPageToken ?? '' }
        }
        const first = await page('')
        const second = await page(first.next)
        expect([method.name, first.rows.length, second.rows.length]).toEqual([method.name, 1, 1])
        expect(second.rows).not.toEqual(first.rows)
      }
    },
  },
]

/** Two objects for each list that has fewer in the seed. Returns an MCP server with two consents. */
async function fill({ wire, local }: World): Promise<string> {
  const clients = wire.client(ClientService)
  const scopes = ['robots:drive']
  const resource = { resourceType: MCP_SERVER, name: 'Robots', resourceId: 'https://mcp.example/', scopes }
  const resourceId = (await clients.createResource({ resource })).resource?.id ?? ''
  const connectionToolMappings = [{ connectionName: 'gmail', tools: [] }]
  for (const name of ['First', 'Second']) {
    const lower = name.toLowerCase()
    await wire.client(ApiTokenService).createToken({ token: { organizationId: ACME } })
    await clients.createClient({ client: { name, clientType: 'WEB_APP' } })
    await clients.createOrganizationClient({ organizationId: ACME, client: { name } })
    await allow(local, resourceId)
    const account = { connector: 'gmail', identifier: `${lower}@acme.example`, connectedAccount: {} }
    await wire.client(ConnectedAccountService).createConnectedAccount(account)
    const connections = wire.client(ConnectionService)
    const connection = { type: OAUTH, providerKey: name, keyId: lower }
    await connections.createEnvironmentConnection({ connection, flags: { isApp: true } })
    await connections.createConnection({
      organizationId: GLOBEX,
      connection: { ...connection, type: OIDC, keyId: `own-${lower}` },
    })
    await wire.client(McpService).createMcpConfig({ config: { name: lower, connectionToolMappings } })
    const provider = { displayName: name, proxyUrl: 'https://hub.example', authPatterns: { values: [] } }
    await wire.client(ProviderService).createCustomProvider({ provider })
    await wire.client(OrganizationService).createOrganization({ organization: { displayName: name } })
    await signInToApp(local, 'ana@acme.example')
  }
  const named = { organizationId: ACME, directoryId: DIRECTORY }
  const directories = wire.client(DirectoryService)
  const { plainSecret } = await directories.createDirectorySecret(named)
  await directories.enableDirectory({ organizationId: ACME, id: DIRECTORY })
  const schema = 'urn:ietf:params:scim:schemas:core:2.0'
  for (const name of ['first', 'second']) {
    const bodies = {
      Users: { schemas: [`${schema}:User`], userName: `${name}@acme.example` },
      Groups: { schemas: [`${schema}:Group`], displayName: name },
    }
    for (const [path, body] of Object.entries(bodies)) {
      const url = `/${DEV}/directories/${DIRECTORY}/scim/v2/${path}`
      const headers = { 'content-type': 'application/scim+json' }
      expect((await local.rest('POST', url, { token: `Bearer ${plainSecret}`, body, headers })).status).toBe(
        201,
      )
    }
  }
  return resourceId
}
