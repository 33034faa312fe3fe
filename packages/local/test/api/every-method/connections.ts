import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import {
  AgentkitAnalyticsService,
  AgentkitLogsService,
  ConnectedAccountService,
  ConnectionService,
  DirectoryService,
  DomainService,
  McpService,
  ProviderService,
  ToolService,
} from '@scalekit-mcp/api'
import { Browser } from '../../oauth/browser.js'
import { consentToVerify, VERIFY_URL } from '../agents/consent.js'
import { ACME, DEV, GLOBEX, type Local } from '../local.js'
import type { Wire } from './wire.js'

const OIDC = 1
const OKTA = 1
const settings = {
  case: 'oidcConfig' as const,
  value: { issuer: 'https://idp.example', clientId: 'us', clientSecret: 'theirs' },
}

export async function connections(wire: Wire, local: Local): Promise<void> {
  const api = wire.client(ConnectionService)
  const organizationId = ACME
  const connection = { provider: OKTA, type: OIDC }
  const own = await api.createConnection({ organizationId, connection })
  const id = own.connection?.id ?? ''
  await api.getConnection({ organizationId, id })
  await api.updateConnection({ organizationId, id, connection: { provider: OKTA, settings } })
  await api.enableConnection({ organizationId, id })
  await api.listConnections({ organizationId })
  await api.listOrganizationConnections({})
  await api.searchOrganizationConnections({ query: 'acme' })
  const domain = 'dom_100000000000000001'
  await api.assignDomainsToConnection({ organizationId, connectionId: id, domainIds: [domain] })
  await api.updateConnectionContext({ organizationId, connectionId: id, context: { step: 3 } })
  await api.getConnectionContext({ organizationId, connectionId: id })
  await testConnection(wire, local)
  await api.disableConnection({ organizationId, id })
  await api.deleteConnection({ organizationId, id })

  const shared = await api.createEnvironmentConnection({ connection })
  const connectionId = shared.connection?.id ?? ''
  await api.getEnvironmentConnection({ connectionId })
  await api.updateEnvironmentConnection({ connectionId, connection: { provider: OKTA, settings } })
  await api.enableEnvironmentConnection({ connectionId })
  await api.disableEnvironmentConnection({ connectionId })
  await api.deleteEnvironmentConnection({ connectionId })
  await api.listAppConnections({})
}

/** An administrator begins to test the simulator in the admin portal. */
async function testConnection(wire: Wire, local: Local): Promise<void> {
  const browser = new Browser()
  const { location } = await local.sdk(DEV).organization.generatePortalLink(GLOBEX)
  const home = await browser.follow(location)
  const connection = await browser.submit(home.url, home.page ?? '', { action: 'simulator' })
  await browser.follow(`${connection.url}/test`)
  const { page = '' } = await browser.follow(connection.url)
  const connectionId = connection.url.split('/').at(-1) ?? ''
  const [testRequestId = ''] = /test_\d{18}/.exec(page) ?? []
  await wire.client(ConnectionService).getConnectionTestResult({ connectionId, testRequestId })
}

export async function domains(wire: Wire): Promise<void> {
  const api = wire.client(DomainService)
  const identities = { case: 'organizationId' as const, value: ACME }
  const { domain } = await api.createDomain({ identities, domain: { domain: 'new.example' } })
  const id = domain?.id ?? ''
  await api.getDomain({ identities, id })
  await api.listDomains({ identities })
  await api.verifyDomain({ identities, id })
  await api.updateDomain({ identities, id, domain: {} })
  await api.listAuthorizedDomains({ origin: 'http://localhost:3000' })
  await api.deleteDomain({ identities, id })
}

export async function directories(wire: Wire): Promise<void> {
  const api = wire.client(DirectoryService)
  const organizationId = ACME
  const { directory } = await api.createDirectory({ organizationId, directory: { directoryType: 1 } })
  const id = directory?.id ?? ''
  const named = { organizationId, directoryId: id }
  await api.getDirectory({ organizationId, id })
  await api.listDirectories({ organizationId })
  await api.updateDirectory({ organizationId, id, directory: { name: 'Okta' } })
  await api.createDirectorySecret(named)
  const { plainSecret } = await api.regenerateDirectorySecret(named)
  await api.enableDirectory({ organizationId, id })
  await api.listDirectoryUsers(named)
  await api.listDirectoryGroups(named)
  await api.listDirectoryGroupsSummary(named)
  await api.assignRoles({ organizationId, id, roleAssignments: { assignments: [] } })
  await api.updateAttributes({ organizationId, id, attributeMapping: { attributes: [] } })
  await sendGroup(directory?.directoryEndpoint ?? '', plainSecret)
  await api.assignGroupsForDirectory({ organizationId, id, externalIds: ['sales'] })
  await api.triggerDirectorySync(named)
  await api.updateDirectoryContext({ ...named, context: { step: 3 } })
  await api.getDirectoryContext(named)
  await api.disableDirectory({ organizationId, id })
  await api.deleteDirectory({ organizationId, id })
}

/** An identity provider sends a group over SCIM. */
async function sendGroup(endpoint: string, secret: string): Promise<void> {
  await fetch(`${endpoint}/Groups`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/scim+json' },
    body: JSON.stringify({ displayName: 'Sales', externalId: 'sales' }),
  })
}

/** What agents use: accounts at providers, providers of one's own, and configurations. */
export async function agents(wire: Wire, local: Local): Promise<void> {
  const api = wire.client(ConnectedAccountService)
  const named = { connector: 'gmail', identifier: 'ben@acme.example' }
  const { connectedAccount } = await api.createConnectedAccount({ ...named, connectedAccount: {} })
  const id = connectedAccount?.id ?? ''
  await api.getConnectedAccount({ id })
  await api.getConnectedAccountAuth(named)
  await api.getConnectedAccountDetails(named)
  await api.listConnectedAccounts({})
  await api.searchConnectedAccounts({ query: 'ben' })
  await api.updateConnectedAccount({ ...named, connectedAccount: { apiConfig: { region: 'eu' } } })
  const { link } = await api.getMagicLinkForConnectedAccount({ ...named, userVerifyUrl: VERIFY_URL })
  const { searchParams } = await consentToVerify(local, link)
  const authRequestId = searchParams.get('auth_request_id') ?? ''
  await api.verifyConnectedAccountUser({ authRequestId, identifier: named.identifier })
  await api.disconnectConnectedAccount({ id })
  await api.deleteConnectedAccount({ id })

  await api.listMyAppConnections({})
  await api.getMyConnectionMagicLink({ connectionName: 'slack' })
  const mine = (await api.listMyAppConnections({})).connections.find((one) => one.connectionName === 'slack')
  await api.disconnectMyConnectedAccount({ id: mine?.connectedAccountId ?? '' })

  const tools = wire.client(ToolService)
  const definition = { name: 'gmail_archive', description: 'Archive a mail.' }
  const { tool } = await tools.createTool({ tool: { definition } })
  await tools.updateTool({ tool: { definition, tags: ['mail'] } })
  await tools.setToolDefault({ name: 'gmail_archive', schemaVersion: '1', toolVersion: '1' })
  await tools.deleteTool({ id: tool?.id ?? '' })
  const identifier = 'default'
  await tools.listTools({})
  await tools.listScopedTools({ identifier, filter: {} })
  await tools.listAvailableTools({ identifier })
  const { executionId } = await tools.executeTool({ toolName: 'gmail_list_labels', identifier })
  const span = { startTime: timestampFromMs(0), endTime: timestampFromMs(Date.now()) }
  await wire.client(AgentkitLogsService).listToolCallLogs({})
  await wire.client(AgentkitLogsService).getToolCallLog({ executionId })
  await wire.client(AgentkitAnalyticsService).getOverviewStats(span)

  const providers = wire.client(ProviderService)
  const provider = {
    displayName: 'Robot Hub',
    proxyUrl: 'https://api.robots.example',
    authPatterns: { values: [] },
  }
  const made = await providers.createCustomProvider({ provider })
  const robots = { identifier: made.provider?.identifier ?? '' }
  await providers.updateCustomProvider({ ...robots, provider: { ...provider, description: 'Robots' } })
  await providers.listProviders({ filter: { providerType: 1 } })
  await providers.deleteCustomProvider(robots)

  const configs = wire.client(McpService)
  const mapping = { connectionName: 'gmail', tools: ['gmail_send_message'] }
  const { config } = await configs.createMcpConfig({
    config: { name: 'mail', connectionToolMappings: [mapping] },
  })
  const configId = config?.id ?? ''
  await configs.getMcpConfig({ configId })
  await configs.listMcpConfigs({})
  await configs.updateMcpConfig({ configId, description: 'Sends mail', connectionToolMappings: [mapping] })
  await configs.listMcpConnectedAccounts({ configId, identifier })
  await configs.createMcpSessionToken({ mcpConfigId: configId, identifier })
  await configs.deleteMcpConfig({ configId })
}
