import { Code } from '@connectrpc/connect'
import { ConnectedAccountService, ConnectionService, McpService, ProviderService } from '@scalekit-mcp/api'
import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import { consent, consentToVerify, VERIFY_URL } from '../agents/consent.js'
import type { Wire } from '../every-method/wire.js'
import { ACME } from '../local.js'
import { type Observation, under } from './observation.js'

const {
  createConnectedAccount,
  updateConnectedAccount,
  deleteConnectedAccount,
  getMagicLinkForConnectedAccount,
  verifyConnectedAccountUser,
} = ConnectedAccountService.method
const ANA = 'usr_100000000000000101'
const ACCOUNT = 'ca_100000000000000001'
const BEN = 'ben@acme.example'
const details = 'connected_account.authorization_details'
const authorization = [
  ...under(`${details}.oauth_token`, 'access_token', 'refresh_token', 'scopes', 'domain'),
  `${details}.static_auth.details`,
  `${details}.google_dwd.subject`,
  `${details}.trusted_idp.db_user`,
  'connected_account.api_config',
]
const GOOGLE_DWD = 12
const TRUSTED_IDP = 13
const API_KEY = 8
const OAUTH = 4
const GITHUB = 9

const oauth = (name: string) => ({
  case: 'oauthToken' as const,
  value: {
    accessToken: `${name}-token`,
    refreshToken: `${name}-refresh`,
    scopes: [`${name}.read`],
    domain: `${name}.example`,
  },
})

/** What an agent gets to call the provider with. */
async function authOf(wire: Wire, connector: string, identifier = BEN) {
  const api = wire.client(ConnectedAccountService)
  const { connectedAccount } = await api.getConnectedAccountAuth({ connector, identifier })
  return connectedAccount?.authorizationDetails?.details
}

/** What agents use: accounts at providers, the providers, and configurations. */
export const agentFields: readonly Observation[] = [
  {
    seen: 'in what an agent gets to call the provider with, and in the account',
    fields: [
      [createConnectedAccount, 'connector', 'identifier', ...authorization],
      [updateConnectedAccount, 'connector', 'identifier', ...authorization],
    ],
    async observe({ wire }) {
      const api = wire.client(ConnectedAccountService)
      const connections = wire.client(ConnectionService)
      for (const [keyId, type] of [
        ['api', API_KEY],
        ['drive', GOOGLE_DWD],
        ['database', TRUSTED_IDP],
      ] as const) {
        const connection = { type, providerKey: keyId.toUpperCase(), keyId }
        await connections.createEnvironmentConnection({ connection, flags: { isApp: true } })
      }
      const forms = {
        gmail: [oauth('first'), oauth('second')],
        api: ['first', 'second'].map((key) => ({
          case: 'staticAuth' as const,
          value: { details: { api_key: key } },
        })),
        drive: ['ana', 'ben'].map((name) => ({
          case: 'googleDwd' as const,
          value: { subject: `${name}@acme.example` },
        })),
        database: ['reader', 'writer'].map((dbUser) => ({ case: 'trustedIdp' as const, value: { dbUser } })),
      }
      for (const [connector, [first, second]] of Object.entries(forms)) {
        const named = { connector, identifier: BEN }
        const account = (
          details: (typeof forms)[keyof typeof forms][number] | undefined,
          region: string,
        ) => ({
          authorizationDetails: { details: details ?? { case: undefined } },
          apiConfig: { region },
        })
        await api.createConnectedAccount({ ...named, connectedAccount: account(first, 'eu') })
        expect(await authOf(wire, connector)).toMatchObject(first ?? {})
        const shown = async () => (await api.getConnectedAccountDetails(named)).connectedAccount?.apiConfig
        expect(await shown()).toEqual({ region: 'eu' })
        await api.updateConnectedAccount({ ...named, connectedAccount: account(second, 'us') })
        expect(await authOf(wire, connector)).toMatchObject(second ?? {})
        expect(await shown()).toEqual({ region: 'us' })
      }
    },
  },
  {
    seen: 'in which account the request is about, and in the lists of an organization and of a user',
    fields: [
      [createConnectedAccount, 'organization_id', 'user_id'],
      [updateConnectedAccount, 'organization_id', 'user_id', 'id'],
      [deleteConnectedAccount, 'organization_id', 'user_id', 'connector', 'identifier', 'id'],
      [getMagicLinkForConnectedAccount, 'organization_id', 'user_id', 'connector', 'identifier', 'id'],
    ],
    async observe({ wire }) {
      const api = wire.client(ConnectedAccountService)
      const whose = { organizationId: ACME, userId: ANA }
      const list = async (filter: object) =>
        (await api.listConnectedAccounts(filter)).connectedAccounts.map(({ id }) => id)
      const create = async () => {
        const made = await api.createConnectedAccount({ connector: 'gmail', ...whose, connectedAccount: {} })
        return made.connectedAccount?.id ?? ''
      }
      const id = await create()
      expect(await list({ organizationId: ACME })).toEqual([id])
      expect(await list({ userId: ANA })).toEqual([id])
      const connectedAccount = { authorizationDetails: { details: oauth('mine') } }
      await api.updateConnectedAccount({ connector: 'gmail', ...whose, connectedAccount })
      expect((await api.getConnectedAccount({ id })).connectedAccount?.status).toBe(1)
      await api.updateConnectedAccount({
        id,
        connectedAccount: { authorizationDetails: { details: oauth('new') } },
      })
      expect(await authOf(wire, 'gmail', ANA)).toMatchObject(oauth('new'))
      for (const by of [{ id }, { connector: 'gmail', ...whose }, { connector: 'gmail', identifier: ANA }])
        expect((await api.getMagicLinkForConnectedAccount(by)).link).toContain('http')
      const other = { connector: 'gmail', organizationId: 'org_100000000000000002' }
      await expect(api.getMagicLinkForConnectedAccount(other)).rejects.toMatchObject({ code: Code.NotFound })
      await api.deleteConnectedAccount({ connector: 'gmail', ...whose })
      expect(await list({ userId: ANA })).toEqual([])
      await api.deleteConnectedAccount({ id: await create() })
      expect(await list({ userId: ANA })).toEqual([])
      await api.deleteConnectedAccount({ connector: 'gmail', identifier: 'ana@acme.example' })
      await expect(api.getConnectedAccount({ id: ACCOUNT })).rejects.toMatchObject({ code: Code.NotFound })
    },
  },
  {
    seen: 'in where the application gets the user back, and in whose account is active then',
    fields: [
      [getMagicLinkForConnectedAccount, 'state', 'user_verify_url'],
      [verifyConnectedAccountUser, 'auth_request_id', 'identifier'],
    ],
    async observe({ wire, local }) {
      const api = wire.client(ConnectedAccountService)
      const named = { connector: 'gmail', identifier: BEN }
      const request = { ...named, state: 'nonce', userVerifyUrl: VERIFY_URL }
      const { link } = await api.getMagicLinkForConnectedAccount(request)
      const url = await consentToVerify(local, link)
      expect(url.href).toContain(VERIFY_URL)
      expect(url.searchParams.get('state')).toBe('nonce')
      const authRequestId = url.searchParams.get('auth_request_id') ?? ''
      const other = api.verifyConnectedAccountUser({ authRequestId, identifier: 'eve' })
      await expect(other).rejects.toMatchObject({ code: Code.PermissionDenied })
      await api.verifyConnectedAccountUser({ authRequestId, identifier: BEN })
      const { connectedAccount } = await api.getConnectedAccountDetails(named)
      expect(connectedAccount?.status).toBe(1)
    },
  },
  {
    seen: 'in what a user is asked to allow',
    fields: [[ConnectionService.method.updateEnvironmentConnection, 'connection.oauth_config.scopes']],
    async observe({ wire }) {
      const api = wire.client(ConnectionService)
      const settings = (scopes: string[]) => ({
        settings: { case: 'oauthConfig' as const, value: { usePlatformCreds: true, scopes } },
      })
      await api.updateEnvironmentConnection({
        connectionId: 'conn_100000000000000003',
        connection: { providerKey: 'GMAIL', ...settings(['mail.read', 'mail.send']) },
      })
      const accounts = wire.client(ConnectedAccountService)
      const { link } = await accounts.getMagicLinkForConnectedAccount({ connector: 'gmail', identifier: BEN })
      await consent(link, { scopes: 'mail.read' })
      expect(await authOf(wire, 'gmail')).toMatchObject({ value: { scopes: ['mail.read'] } })
      const social = { type: OAUTH, provider: GITHUB, providerKey: 'GITHUB', keyId: 'github-sign-in' }
      const made = await api.createEnvironmentConnection({ connection: social })
      const signIn = api.updateEnvironmentConnection({
        connectionId: made.connection?.id ?? '',
        connection: { providerKey: 'GITHUB', ...settings(['repo']) },
      })
      await expect(signIn).rejects.toMatchObject({ code: Code.Unimplemented })
    },
  },
  {
    seen: 'in the list of providers',
    fields: [ProviderService.method.createCustomProvider, ProviderService.method.updateCustomProvider].map(
      (method) =>
        [
          method,
          ...under(
            'provider',
            'display_name',
            'description',
            'auth_patterns',
            'proxy_url',
            'proxy_enabled',
            'icon_src',
            'metadata',
          ),
        ] as const,
    ),
    async observe({ wire }) {
      const api = wire.client(ProviderService)
      const list = async () => (await api.listProviders({ filter: { providerType: 1 } })).providers
      const first = {
        displayName: 'Robot Hub',
        description: 'Robots',
        authPatterns: { values: [{ kind: { case: 'stringValue' as const, value: 'API_KEY' } }] },
        proxyUrl: 'https://api.robots.example',
        proxyEnabled: true,
        iconSrc: 'https://robots.example/icon.png',
        metadata: { tier: 'gold' },
      }
      const { provider } = await api.createCustomProvider({ provider: first })
      expect(await list()).toMatchObject([first])
      const second = {
        displayName: 'The robot hub',
        description: 'All robots',
        authPatterns: { values: [{ kind: { case: 'stringValue' as const, value: 'BEARER' } }] },
        proxyUrl: 'http://localhost:3999/v2',
        proxyEnabled: true,
        iconSrc: 'https://robots.example/v2.png',
        metadata: { tier: 'silver' },
      }
      await api.updateCustomProvider({ identifier: provider?.identifier ?? '', provider: second })
      expect(await list()).toMatchObject([second])
    },
  },
  {
    seen: 'in the configuration, and in which configurations a provider has',
    fields: [
      [
        McpService.method.createMcpConfig,
        ...under('config', 'name', 'description'),
        ...under('config.connection_tool_mappings', 'connection_name', 'tools'),
      ],
      [
        McpService.method.updateMcpConfig,
        'description',
        ...under('connection_tool_mappings', 'connection_name', 'tools'),
      ],
    ],
    async observe({ wire }) {
      const api = wire.client(McpService)
      const byName = { connectionName: 'gmail', tools: ['gmail_send_message'] }
      const named = { name: 'mail', description: 'Sends mail', connectionToolMappings: [byName] }
      const { config } = await api.createMcpConfig({ config: named })
      const configId = config?.id ?? ''
      const read = async () => (await api.getMcpConfig({ configId })).config
      expect(await read()).toMatchObject({ ...named, connectionToolMappings: [byName] })
      const { configs } = await api.listMcpConfigs({ filter: { provider: 'GMAIL' } })
      expect(configs.map(({ name }) => name)).toEqual(['mail'])
      const mapping = { connectionName: 'gmail', tools: ['gmail_fetch_mails'] }
      await api.updateMcpConfig({ configId, description: 'Reads mail', connectionToolMappings: [mapping] })
      expect(await read()).toMatchObject({ description: 'Reads mail', connectionToolMappings: [mapping] })
    },
  },
  {
    seen: 'in the accounts that a user has to connect for an agent, and in what its token says',
    fields: [
      [McpService.method.listMcpConnectedAccounts, 'identifier', 'include_auth_link'],
      [McpService.method.createMcpSessionToken, 'identifier', 'expiry', 'access_level'],
    ],
    async observe({ wire }) {
      const api = wire.client(McpService)
      const connectionToolMappings = [{ connectionName: 'gmail', tools: [] }]
      const { config } = await api.createMcpConfig({ config: { name: 'mail', connectionToolMappings } })
      const configId = config?.id ?? ''
      const state = async (identifier: string, includeAuthLink: boolean) =>
        (await api.listMcpConnectedAccounts({ configId, identifier, includeAuthLink })).connectedAccounts
      expect(await state(BEN, false)).toMatchObject([{ connectedAccountId: '', authenticationLink: '' }])
      expect(await state(BEN, true)).toMatchObject([
        {
          connectedAccountStatus: 'PENDING_AUTH',
          authenticationLink: expect.stringContaining('/magicLink/'),
        },
      ])
      const named = { mcpConfigId: configId, identifier: 'default' }
      const limited = { ...named, expiry: { seconds: 90n }, accessLevel: 'READ_ONLY' }
      const { token } = await api.createMcpSessionToken(limited)
      const { sub, iat = 0, exp, access_level } = decodeJwt(token)
      expect({ sub, exp, access_level }).toEqual({ sub: 'default', exp: iat + 90, access_level: 'READ_ONLY' })
    },
  },
]
