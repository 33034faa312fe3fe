import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import {
  ApiTokenService,
  AuditLogsService,
  ClientService,
  ConnectedAccountService,
  ConnectionService,
  DomainService,
  EventsService,
  McpService,
  OrganizationService,
  ProviderService,
  SessionService,
} from '@scalekit-mcp/api'
import { expect } from 'vitest'
import { claimsOf } from '../../oauth/authorization-code.js'
import { ACME, GLOBEX } from '../local.js'
import { signInToApp } from '../sign-in.js'
import { type Observation, under } from './observation.js'

const ANA = 'usr_100000000000000101'
const BEN = 'usr_100000000000000102'
const APP = 'skc_100000000000000001'
const GREETING = 'res_100000000000000002'
const ACME_OKTA = 'conn_100000000000000002'
const GMAIL = 'conn_100000000000000003'

const GITHUB = 9
const OIDC = 1
const SAML = 2
const MCP_SERVER = 5
const SIGN_IN_SERVER = 1
const ORGANIZATION_DOMAIN = 2
const SCALEKIT = 1
const DIR_SYNC = 2
const CUSTOM = 1
const future = timestampFromMs(Date.now() + 3_600_000)
const past = timestampFromMs(Date.now() - 3_600_000)

const ids = (rows: readonly { readonly id?: string }[]) => rows.map(({ id }) => id)

/** Which objects a list or a read is about. */
export const filterFields: readonly Observation[] = [
  {
    seen: 'in which events are listed',
    fields: [EventsService.method.listEvents, EventsService.method.listEventsPaginated].map(
      (method) =>
        [
          method,
          ...['event_types', 'start_time', 'end_time', 'organization_id', 'source'].map(
            (one) => `filter.${one}`,
          ),
        ] as const,
    ),
    async observe({ wire }) {
      const api = wire.client(EventsService)
      const organizations = wire.client(OrganizationService)
      for (const displayName of ['One', 'Two'])
        await organizations.createOrganization({ organization: { displayName } })
      const { organization } = await organizations.createOrganization({
        organization: { displayName: 'Three' },
      })
      const organizationId = organization?.id ?? ''
      for (const list of [api.listEvents, api.listEventsPaginated] as const) {
        const count = async (filter: object) => (await list({ filter, pageSize: 30 })).events.length
        expect(await count({})).toBe(3)
        expect(await count({ organizationId })).toBe(1)
        expect(await count({ eventTypes: ['organization.deleted'] })).toBe(0)
        expect(await count({ startTime: future })).toBe(0)
        expect(await count({ endTime: past })).toBe(0)
        expect(await count({ source: DIR_SYNC })).toBe(0)
        expect(await count({ source: SCALEKIT })).toBe(3)
      }
    },
  },
  {
    seen: 'in which sign-ins and sessions are listed',
    fields: [
      [
        AuditLogsService.method.listAuthRequests,
        ...['email', 'status', 'start_time', 'end_time', 'resource_id', 'client_id'],
      ],
      [SessionService.method.getUserSessions, 'filter.status', 'filter.start_time', 'filter.end_time'],
    ],
    async observe({ wire, local }) {
      const { access_token } = await signInToApp(local, 'ana@acme.example')
      await signInToApp(local, 'ben@acme.example')
      const log = wire.client(AuditLogsService)
      const emails = async (filter: object) =>
        (await log.listAuthRequests(filter)).authRequests.map(({ email }) => email).sort()
      const both = ['ana@acme.example', 'ben@acme.example']
      expect(await emails({ clientId: APP, startTime: past, endTime: future, status: ['success'] })).toEqual(
        both,
      )
      expect(await emails({ email: 'ana@acme.example' })).toEqual(['ana@acme.example'])
      for (const filter of [
        { resourceId: GREETING },
        { startTime: future },
        { endTime: past },
        { status: ['failure'] },
      ])
        expect(await emails(filter)).toEqual([])
      const sessions = wire.client(SessionService)
      const count = async (filter: object) =>
        (await sessions.getUserSessions({ userId: ANA, filter })).sessions.length
      expect(await count({ status: ['active'], startTime: past, endTime: future })).toBe(1)
      await sessions.revokeSession({ sessionId: String(claimsOf(access_token).sid) })
      expect(await count({ status: ['active'] })).toBe(0)
      expect(await count({ startTime: future })).toBe(0)
      expect(await count({ endTime: past })).toBe(0)
    },
  },
  {
    seen: 'in which clients, MCP servers, tokens and consents are listed',
    fields: [
      [ClientService.method.listClient, 'filter.client_type'],
      [ClientService.method.listResources, 'resource_type'],
      [ApiTokenService.method.listTokens, 'organization_id', 'user_id'],
      [ClientService.method.listResourceUserConsents, 'resource_id', 'search'],
    ],
    async observe({ wire }) {
      const api = wire.client(ClientService)
      const { client } = await api.createClient({ client: { name: 'Page', clientType: 'SPA' } })
      expect(ids((await api.listClient({ filter: { clientType: ['SPA'] } })).clients)).toEqual([client?.id])
      expect((await api.listResources({ resourceType: SIGN_IN_SERVER })).resources).toEqual([])
      expect((await api.listResources({ resourceType: MCP_SERVER })).resources.length).toBeGreaterThan(0)
      const tokens = wire.client(ApiTokenService)
      for (const userId of [ANA, BEN]) await tokens.createToken({ token: { organizationId: ACME, userId } })
      expect((await tokens.listTokens({ organizationId: ACME })).tokens).toHaveLength(2)
      expect((await tokens.listTokens({ organizationId: ACME, userId: ANA })).tokens).toHaveLength(1)
      expect((await tokens.listTokens({ organizationId: GLOBEX })).tokens).toEqual([])
      const none = await api.listResourceUserConsents({ resourceId: GREETING, search: 'nobody' })
      expect(none.consents).toEqual([])
    },
  },
  {
    seen: 'in which connected accounts are listed or read',
    fields: [
      [
        ConnectedAccountService.method.listConnectedAccounts,
        ...['organization_id', 'user_id', 'connector', 'identifier', 'provider', 'query', 'connection_names'],
      ],
      [ConnectedAccountService.method.searchConnectedAccounts, 'query', 'connection_id'],
      ...[
        ConnectedAccountService.method.getConnectedAccountAuth,
        ConnectedAccountService.method.getConnectedAccountDetails,
      ].map((method) => [method, 'organization_id', 'user_id', 'connector', 'identifier', 'id'] as const),
    ],
    async observe({ wire }) {
      const api = wire.client(ConnectedAccountService)
      const whose = { connector: 'gmail', organizationId: ACME, userId: BEN }
      const made = await api.createConnectedAccount({ ...whose, connectedAccount: {} })
      const id = made.connectedAccount?.id ?? ''
      const list = async (filter: object) => ids((await api.listConnectedAccounts(filter)).connectedAccounts)
      expect(await list({ pageSize: 20 })).toHaveLength(11)
      for (const filter of [{ organizationId: ACME }, { userId: BEN }, { identifier: BEN }, { query: BEN }])
        expect(await list(filter)).toEqual([id])
      for (const filter of [{ connector: 'gmail' }, { provider: 'GMAIL' }, { connectionNames: ['gmail'] }])
        expect(await list(filter)).toHaveLength(3)
      for (const filter of [{ connector: 'none' }, { provider: 'NONE' }, { connectionNames: ['none'] }])
        expect(await list(filter)).toEqual([])
      const found = await api.searchConnectedAccounts({ query: BEN, connectionId: GMAIL })
      expect(ids(found.connectedAccounts)).toEqual([id])
      for (const read of [api.getConnectedAccountAuth, api.getConnectedAccountDetails] as const)
        for (const by of [{ id }, whose, { connector: 'gmail', identifier: BEN }])
          expect((await read(by)).connectedAccount?.id).toBe(id)
    },
  },
  {
    seen: 'in which connections are listed',
    fields: [
      [ConnectionService.method.listConnections, 'organization_id', 'domain', 'include'],
      [
        ConnectionService.method.searchOrganizationConnections,
        ...['query', 'provider', 'status', 'connection_type', 'enabled'],
      ],
      [ConnectionService.method.listAppConnections, 'provider', 'query'],
    ],
    async observe({ wire }) {
      const api = wire.client(ConnectionService)
      expect((await api.listConnections({ organizationId: ACME })).connections).toEqual([])
      const all = await api.listConnections({ organizationId: ACME, include: 'all' })
      expect(ids(all.connections)).toEqual([ACME_OKTA])
      const leads = await api.listConnections({ domain: 'acme.example', include: 'all' })
      expect(ids(leads.connections)).toEqual([ACME_OKTA])
      await api.createConnection({ organizationId: GLOBEX, connection: { provider: GITHUB, type: SAML } })
      const search = async (filter: object) =>
        ids((await api.searchOrganizationConnections(filter)).connections)
      expect(await search({})).toHaveLength(2)
      for (const filter of [{ query: 'acme' }, { provider: 'OKTA' }, { connectionType: OIDC }])
        expect(await search(filter)).toEqual([ACME_OKTA])
      for (const filter of [{ status: 3 }, { enabled: true }]) expect(await search(filter)).toEqual([])
      const apps = async (filter: object) => ids((await api.listAppConnections(filter)).connections)
      expect(await apps({ provider: 'GMAIL', query: '000003' })).toEqual([GMAIL])
      expect(await apps({ query: 'none' })).toEqual([])
      expect(await apps({ provider: 'NONE' })).toEqual([])
    },
  },
  {
    seen: 'in which domains, providers and configurations are listed',
    fields: [
      [DomainService.method.getDomain, 'external_id'],
      [
        DomainService.method.listDomains,
        'external_id',
        'connection_id',
        'domain_type',
        'page_size',
        'page_number',
      ],
      [
        McpService.method.listMcpConfigs,
        ...under('filter', 'id', 'name', 'provider', 'mcp_server_url'),
        'search',
      ],
      [ProviderService.method.listProviders, 'identifier', 'filter.provider_type'],
    ],
    async observe({ wire }) {
      const api = wire.client(DomainService)
      const identities = { case: 'externalId' as const, value: 'acme' }
      expect((await api.getDomain({ identities, id: 'dom_100000000000000001' })).domain?.domain).toBe(
        'acme.example',
      )
      await api.createDomain({ identities, domain: { domain: 'new.example', domainType: 1 } })
      const list = async (filter: object) =>
        (await api.listDomains({ identities, ...filter })).domains.map(({ domain }) => domain)
      expect(await list({})).toEqual(['new.example', 'acme.example'])
      expect(await list({ domainType: ORGANIZATION_DOMAIN })).toEqual(['acme.example'])
      expect(await list({ connectionId: ACME_OKTA })).toEqual([])
      expect(await list({ pageSize: 1, pageNumber: 2 })).toEqual(['acme.example'])

      const configs = wire.client(McpService)
      const connectionToolMappings = [{ connectionName: 'gmail', tools: [] }]
      const { config } = await configs.createMcpConfig({ config: { name: 'mail', connectionToolMappings } })
      const id = config?.id ?? ''
      await configs.createMcpConfig({ config: { name: 'empty', connectionToolMappings: [] } })
      for (const request of [
        { filter: { id } },
        { filter: { name: 'Mail' } },
        { filter: { mcpServerUrl: config?.mcpServerUrl ?? '' } },
        { filter: { provider: 'GMAIL' } },
        { search: 'mai' },
      ])
        expect(ids((await configs.listMcpConfigs(request)).configs)).toEqual([id])
      const providers = wire.client(ProviderService)
      const provider = { displayName: 'Hub', proxyUrl: 'https://hub.example', authPatterns: { values: [] } }
      for (const displayName of ['Hub', 'Lab'])
        await providers.createCustomProvider({ provider: { ...provider, displayName } })
      const custom = { filter: { providerType: CUSTOM } }
      expect((await providers.listProviders(custom)).providers).toHaveLength(2)
      expect((await providers.listProviders({ ...custom, identifier: 'HUB' })).providers).toHaveLength(1)
    },
  },
]
