import { ConnectionService, DirectoryService, DomainService, PasswordlessService } from '@scalekit-mcp/api'
import { expect } from 'vitest'
import { pkce } from '../../oauth/authorization-code.js'
import { Browser } from '../../oauth/browser.js'
import { ACME, DEV, GLOBEX, type Local } from '../local.js'
import { APP } from '../sign-in.js'
import { type Observation, under } from './observation.js'

const { method } = ConnectionService
const OAUTH = 4
const OIDC = 1
const ALLOWED_EMAIL_DOMAIN = 1
const ORGANIZATION_DOMAIN = 2
const API_KEY = 8
const GOOGLE_DWD = 12
const GITHUB = 9
const GITLAB = 10
const GOOGLE = 2
const AUTH0 = 4
const OKTA = 1
const IDP_SIMULATOR = 14
const SAML = 2
const DRAFT = 1
const COMPLETED = 3
const OTP = 2
const LINK = 1
const SCIM = 1
const ACME_OKTA = 'conn_100000000000000002'
const EMAIL = 'conn_100000000000000001'

/** The first page of a sign-in to the application of the seed. */
async function signInPage(local: Local): Promise<string> {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: APP,
    redirect_uri: 'http://localhost:3000/auth/callback',
    scope: 'openid email',
    code_challenge: pkce().challenge,
    code_challenge_method: 'S256',
  })
  const { page = '' } = await new Browser().follow(`${local.url}/${DEV}/oauth/authorize?${query}`)
  return page
}

/** Connections, domains and directories. */
export const connectionFields: readonly Observation[] = [
  {
    seen: 'on the sign-in page, in the lists for sign-in and for agents, and in the connection',
    fields: [
      [
        method.createEnvironmentConnection,
        ...under('connection', 'provider', 'type', 'provider_key', 'key_id'),
        ...under('flags', 'is_login', 'is_app'),
      ],
      [
        method.updateEnvironmentConnection,
        ...under('connection', 'provider', 'type', 'provider_key', 'key_id', 'ui_button_title'),
        ...under('connection.oauth_config', 'use_platform_creds', 'client_id', 'client_secret'),
        'connection.google_dwd_config.service_account_json',
      ],
    ],
    async observe({ wire, local }) {
      const api = wire.client(ConnectionService)
      const login = { provider: GITHUB, type: OAUTH, keyId: 'our-github' }
      const made = await api.createEnvironmentConnection({ connection: login, flags: { isLogin: true } })
      const connectionId = made.connection?.id ?? ''
      const status = async (id = connectionId) =>
        (await api.getEnvironmentConnection({ connectionId: id })).connection?.status
      const update = (connection: object, id = connectionId) =>
        api.updateEnvironmentConnection({
          connectionId: id,
          connection: { providerKey: 'GITHUB', ...connection },
        })
      const oauthConfig = (value: object) => ({ settings: { case: 'oauthConfig' as const, value } })
      expect(await status()).toBe(DRAFT)
      await update({ provider: GITHUB, ...oauthConfig({ usePlatformCreds: true }) })
      await api.enableEnvironmentConnection({ connectionId })
      expect(await signInPage(local)).toContain('Continue with GitHub')
      await update({ provider: GITLAB })
      expect(await signInPage(local)).toContain('Continue with GitLab')
      await update({ uiButtonTitle: 'Use the company account', keyId: 'renamed', providerKey: 'GITLAB' })
      expect(await signInPage(local)).toContain('Use the company account')
      const listed = (await api.listConnections({})).connections.find(({ id }) => id === connectionId)
      expect(listed).toMatchObject({ keyId: 'renamed', providerKey: 'GITLAB', provider: GITLAB })

      const app = { type: OAUTH, providerKey: 'AIRTABLE', keyId: 'airtable' }
      const agent = await api.createEnvironmentConnection({ connection: app, flags: { isApp: true } })
      const agentId = agent.connection?.id ?? ''
      const apps = async (provider: string) =>
        (await api.listAppConnections({ provider })).connections.map(({ keyId }) => keyId)
      expect(await apps('AIRTABLE')).toEqual(['airtable'])
      await update(
        { providerKey: 'ASANA', ...oauthConfig({ clientId: 'us', clientSecret: 'theirs' }) },
        agentId,
      )
      expect(await apps('ASANA')).toEqual(['airtable'])
      expect(await status(agentId)).toBe(COMPLETED)
      await update({ type: API_KEY, providerKey: 'ASANA' }, agentId)
      const kept = await api.getEnvironmentConnection({ connectionId: agentId })
      expect(kept.connection).toMatchObject({ type: API_KEY, status: COMPLETED })

      const drive = { type: GOOGLE_DWD, providerKey: 'GDRIVE', keyId: 'drive' }
      const { connection } = await api.createEnvironmentConnection({
        connection: drive,
        flags: { isApp: true },
      })
      expect(connection?.status).toBe(DRAFT)
      const value = { serviceAccountJson: '{"type":"service_account"}' }
      await update({ settings: { case: 'googleDwdConfig', value } }, connection?.id)
      expect(await status(connection?.id)).toBe(COMPLETED)
    },
  },
  {
    seen: 'in the connection, in searches, and in whether it can be enabled',
    fields: [
      [method.createConnection, ...under('connection', 'provider', 'type', 'provider_key', 'key_id')],
      [
        method.updateConnection,
        ...under('connection', 'provider', 'type', 'provider_key', 'key_id', 'ui_button_title'),
      ],
    ],
    async observe({ wire }) {
      const api = wire.client(ConnectionService)
      const organizationId = GLOBEX
      const first = { provider: GOOGLE, type: SAML, providerKey: 'GOOGLE', keyId: 'globex-google' }
      const made = await api.createConnection({ organizationId, connection: first })
      const id = made.connection?.id ?? ''
      const named = { organizationId, id }
      const update = (connection: object) => api.updateConnection({ ...named, connection })
      const found = async (query: string) =>
        (await api.searchOrganizationConnections({ query })).connections.map((one) => one.id)
      expect(await found('globex-google')).toEqual([id])
      await update({
        provider: AUTH0,
        providerKey: 'AUTH0',
        keyId: 'globex-auth0',
        uiButtonTitle: 'Globex staff',
      })
      expect(await found('globex-auth0')).toEqual([id])
      expect(await found('globex staff')).toEqual([id])
      const provider = await api.searchOrganizationConnections({ provider: 'AUTH0' })
      expect(provider.connections).toMatchObject([{ id, provider: AUTH0, providerKey: 'AUTH0' }])
      const completed = async (connection: object) => {
        await update(connection)
        return (await api.getConnection(named)).connection?.status === COMPLETED
      }
      expect(await completed({ provider: AUTH0, type: OIDC })).toBe(false)
      const byType = await api.searchOrganizationConnections({ connectionType: OIDC, query: 'globex' })
      expect(byType.connections).toHaveLength(1)
      expect(await completed({ provider: IDP_SIMULATOR })).toBe(true)
      expect(await api.enableConnection(named)).toMatchObject({ enabled: true })
    },
  },
  {
    seen: 'in the e-mail of a sign-in: a code, a link, or both',
    fields: [[method.updateEnvironmentConnection, 'connection.passwordless_config.type']],
    async observe({ wire, local }) {
      const api = wire.client(ConnectionService)
      const email = 'ben@acme.example'
      const mail = async (type: number) => {
        const settings = { case: 'passwordlessConfig' as const, value: { type } }
        await api.updateEnvironmentConnection({
          connectionId: EMAIL,
          connection: { providerKey: 'SCALEKIT', settings },
        })
        const magiclinkAuthUri = 'https://shop.example/magic'
        await wire.client(PasswordlessService).sendPasswordlessEmail({ email, magiclinkAuthUri })
        const headers = { 'x-scalekit-local': '1' }
        const { body } = await local.rest('GET', `/__local/outbox?to=${email}`, { headers })
        const { code, link } = body.messages.at(-1)
        return { code: code !== undefined, link: link !== undefined }
      }
      expect(await mail(OTP)).toEqual({ code: true, link: false })
      expect(await mail(LINK)).toEqual({ code: false, link: true })
    },
  },
  {
    seen: 'when the connections for a domain are listed',
    fields: [
      [method.assignDomainsToConnection, 'domain_ids'],
      [DomainService.method.createDomain, 'external_id', ...under('domain', 'domain', 'domain_type')],
      [DomainService.method.verifyDomain, 'external_id'],
      [DomainService.method.deleteDomain, 'external_id'],
    ],
    async observe({ wire }) {
      const api = wire.client(ConnectionService)
      const domains = wire.client(DomainService)
      const identities = { case: 'externalId' as const, value: 'acme' }
      const { domain } = await domains.createDomain({
        identities,
        domain: { domain: 'new.example', domainType: ORGANIZATION_DOMAIN },
      })
      const id = domain?.id ?? ''
      const leadsTo = async () =>
        (await api.listConnections({ domain: 'new.example', include: 'all' })).connections.map(
          (one) => one.id,
        )
      expect(await leadsTo()).toContain(ACME_OKTA)
      const connection = { provider: OKTA, type: OIDC, keyId: 'acme-other' }
      const other = await api.createConnection({ organizationId: ACME, connection })
      const connectionId = other.connection?.id ?? ''
      await api.assignDomainsToConnection({ organizationId: ACME, connectionId, domainIds: [id] })
      expect(await leadsTo()).toEqual([connectionId])
      expect((await domains.verifyDomain({ identities, id })).verified).toBe(true)
      await domains.deleteDomain({ identities, id })
      expect(await leadsTo()).toEqual([])
      const mail = { domain: 'new.example', domainType: ALLOWED_EMAIL_DOMAIN }
      await domains.createDomain({ identities, domain: mail })
      expect(await leadsTo()).toEqual([])
    },
  },
  {
    seen: 'in the directory',
    fields: [
      [DirectoryService.method.createDirectory, 'directory.directory_provider'],
      [DirectoryService.method.updateDirectory, 'directory.name', 'directory.directory_provider'],
    ],
    async observe({ wire }) {
      const api = wire.client(DirectoryService)
      const directory = { directoryType: SCIM, directoryProvider: OKTA }
      const made = await api.createDirectory({ organizationId: GLOBEX, directory })
      const named = { organizationId: GLOBEX, id: made.directory?.id ?? '' }
      expect((await api.getDirectory(named)).directory?.directoryProvider).toBe(OKTA)
      const changed = { name: 'Globex people', directoryProvider: GOOGLE }
      await api.updateDirectory({ ...named, directory: changed })
      expect((await api.getDirectory(named)).directory).toMatchObject(changed)
    },
  },
]
