import { ClientService, ConnectionService } from '@scalekit-mcp/api'
import { expect } from 'vitest'
import {
  authorize,
  claimsOf,
  pkce,
  postForm,
  REDIRECT_URI,
  redeem,
  type Tokens,
} from '../../oauth/authorization-code.js'
import { Browser } from '../../oauth/browser.js'
import { ACME, DEV, type Local } from '../local.js'
import { type Observation, under } from './observation.js'

const { method } = ClientService
const GREETING = 'res_100000000000000002'
const MCP_SERVER = 5
const IDP_SIMULATOR = 14
const OIDC = 1
const described = ['name', 'description', 'scopes', 'custom_claims.key', 'custom_claims.value', 'expiry']

async function machineToken(local: Local, issuer: string, client_id: string, client_secret: string) {
  const fields = { grant_type: 'client_credentials', client_id, client_secret }
  const answer = await postForm(`${local.url}/${issuer}/oauth/token`, fields)
  const { access_token, expires_in, scope = '' } = (await answer.json()) as Tokens
  const { aud, tier } = claimsOf(access_token)
  return { expires_in, scope, aud: [aud].flat(), tier }
}

async function metadataOf(local: Local, id: string): Promise<Record<string, unknown>> {
  const path = `/.well-known/oauth-authorization-server/${DEV}/resources/${id}`
  return (await local.rest('GET', path)).body
}

/** What is for machines and agents: their clients, MCP servers, scopes. */
export const machineFields: readonly Observation[] = [
  {
    seen: 'in the token of the client, and in the client',
    fields: [
      [method.createOrganizationClient, 'client.audience', ...under('client', ...described)],
      [method.updateOrganizationClient, 'client.audience', ...under('client', ...described)],
    ],
    async observe({ wire, local }) {
      const api = wire.client(ClientService)
      const client = {
        name: 'Robot',
        description: 'Welds',
        scopes: ['robots:weld'],
        audience: ['https://api.acme.example'],
        customClaims: [{ key: 'tier', value: 'gold' }],
        expiry: 600n,
      }
      const made = await api.createOrganizationClient({ organizationId: ACME, client })
      const clientId = made.client?.clientId ?? ''
      const named = { organizationId: ACME, clientId }
      expect((await api.getOrganizationClient(named)).client).toMatchObject({
        name: 'Robot',
        description: 'Welds',
      })
      const token = () => machineToken(local, DEV, clientId, made.plainSecret)
      const first = { expires_in: 600, scope: 'robots:weld', tier: 'gold' }
      expect(await token()).toMatchObject({ ...first, aud: ['https://api.acme.example'] })
      const changed = {
        name: 'The robot',
        description: 'Cuts',
        scopes: ['robots:cut'],
        audience: ['https://cut.acme.example'],
        customClaims: [{ key: 'tier', value: 'silver' }],
        expiry: 900n,
      }
      await api.updateOrganizationClient({ ...named, client: changed })
      expect((await api.getOrganizationClient(named)).client).toMatchObject({
        name: 'The robot',
        description: 'Cuts',
      })
      const second = { expires_in: 900, scope: 'robots:cut', tier: 'silver' }
      expect(await token()).toMatchObject({ ...second, aud: ['https://cut.acme.example'] })
    },
  },
  {
    seen: 'in the token of the client, at its sign-in, and in the client',
    fields: [
      [method.createResourceClient, 'client.redirect_uris', ...under('client', ...described)],
      [method.updateResourceClient, 'client.redirect_uris', 'update_mask', ...under('client', ...described)],
    ],
    async observe({ wire, local }) {
      const api = wire.client(ClientService)
      const resourceId = GREETING
      const client = {
        name: 'Script',
        description: 'Reads',
        scopes: ['user:read'],
        customClaims: [{ key: 'tier', value: 'gold' }],
        expiry: 600n,
        redirectUris: [REDIRECT_URI],
      }
      const made = await api.createResourceClient({ resourceId, client })
      const clientId = made.client?.clientId ?? ''
      const issuer = `${DEV}/resources/${GREETING}`
      const token = () => machineToken(local, issuer, clientId, made.plainSecret)
      expect(await token()).toMatchObject({ scope: 'user:read', tier: 'gold' })
      const { challenge } = pkce()
      const door = {
        issuer: `${local.url}/${issuer}`,
        client_id: clientId,
        challenge,
        person: 'ana@acme.example',
      }
      expect((await authorize(door)).href).toContain(REDIRECT_URI)
      const changed = {
        name: 'The script',
        description: 'Writes',
        scopes: ['user:write'],
        customClaims: [{ key: 'tier', value: 'silver' }],
        expiry: 900n,
        redirectUris: ['http://localhost:4444/other'],
      }
      const named = { resourceId, clientId }
      await api.updateResourceClient({ ...named, client: changed, updateMask: { paths: ['name'] } })
      const masked = (await api.getResourceClient(named)).client
      expect(masked).toMatchObject({ name: 'The script', description: 'Reads' })
      await api.updateResourceClient({ ...named, client: changed })
      expect((await api.getResourceClient(named)).client?.description).toBe('Writes')
      expect(await token()).toMatchObject({ scope: 'user:write', tier: 'silver' })
      const other = { ...door, params: { redirect_uri: 'http://localhost:4444/other' } }
      expect((await authorize(other)).href).toContain('http://localhost:4444/other')
      expect((await authorize(door)).href).not.toContain('code=')
    },
  },
  {
    seen: 'in the metadata of its authorization server, in its tokens, and in the MCP server',
    fields: [
      [
        method.createResource,
        ...under(
          'resource',
          'resource_type',
          'name',
          'description',
          'resource_uri',
          'resource_id',
          'logo_uri',
        ),
        ...under(
          'resource',
          'access_token_expiry',
          'scopes',
          'disable_dynamic_client_registration',
          'enable_cimd',
        ),
      ],
      [
        method.updateResource,
        'update_mask',
        ...under(
          'resource',
          'name',
          'description',
          'resource_uri',
          'resource_id',
          'logo_uri',
          'access_token_expiry',
        ),
        ...under('resource', 'scopes', 'disable_dynamic_client_registration', 'enable_cimd'),
      ],
    ],
    async observe({ wire, local }) {
      const api = wire.client(ClientService)
      const described = { name: 'Robots', description: 'Drives', logoUri: 'https://robots.example/logo.png' }
      const { resource } = await api.createResource({
        resource: {
          ...described,
          resourceType: MCP_SERVER,
          resourceId: 'https://robots.example/mcp',
          scopes: ['robots:drive'],
          accessTokenExpiry: 600n,
          disableDynamicClientRegistration: true,
          enableCimd: true,
        },
      })
      const resourceId = resource?.id ?? ''
      const { resources } = await api.listResources({ resourceType: MCP_SERVER })
      expect(resources.find(({ id }) => id === resourceId)).toMatchObject(described)
      const first = await metadataOf(local, resourceId)
      expect(first.scopes_supported).toContain('robots:drive')
      expect(first.registration_endpoint).toBeUndefined()
      expect(first.client_id_metadata_document_supported).toBe(true)
      const client = { name: 'Script', scopes: ['robots:drive', 'robots:stop'] }
      const made = await api.createResourceClient({ resourceId, client })
      const script = made.client?.clientId ?? ''
      const token = () => machineToken(local, `${DEV}/resources/${resourceId}`, script, made.plainSecret)
      expect(await token()).toMatchObject({
        aud: expect.arrayContaining(['https://robots.example/mcp']),
        expires_in: 600,
        scope: 'robots:drive',
      })

      const renamed = { name: 'The robots', description: 'Stops', logoUri: 'https://robots.example/v2.png' }
      const changed = {
        ...renamed,
        resourceId: 'https://robots.example/v2',
        scopes: ['robots:stop'],
        accessTokenExpiry: 900n,
        disableDynamicClientRegistration: false,
        enableCimd: false,
      }
      await api.updateResource({ resourceId, resource: changed, updateMask: { paths: ['name'] } })
      const masked = await api.getResource({ resourceId })
      expect(masked.resource).toMatchObject({ ...described, name: 'The robots' })
      const paths = ['disable_dynamic_client_registration', 'enable_cimd']
      await api.updateResource({ resourceId, resource: changed })
      await api.updateResource({ resourceId, resource: changed, updateMask: { paths } })
      expect((await api.getResource({ resourceId })).resource).toMatchObject(renamed)
      const second = await metadataOf(local, resourceId)
      expect(second.registration_endpoint).toBeDefined()
      expect(second.client_id_metadata_document_supported).not.toBe(true)
      expect(await token()).toMatchObject({
        aud: expect.arrayContaining(['https://robots.example/v2']),
        expires_in: 900,
        scope: 'robots:stop',
      })
      const back = { disableDynamicClientRegistration: true, enableCimd: true }
      await api.updateResource({
        resourceId,
        resource: { ...back, resourceUri: 'https://robots.example/v3' },
      })
      expect((await metadataOf(local, resourceId)).registration_endpoint).toBeUndefined()
      expect((await token()).aud).toContain('https://robots.example/v3')
      const byUri = { resourceType: MCP_SERVER, name: 'By URI', resourceUri: 'https://uri.example/mcp' }
      const other = await api.createResource({ resource: byUri })
      expect((await metadataOf(local, other.resource?.id ?? '')).issuer).toContain(other.resource?.id)
      expect(other.resource?.resourceId).toBe('https://uri.example/mcp')
    },
  },
  {
    seen: 'at sign-in: which connection signs people in',
    fields: [
      [method.createResource, 'resource.provider'],
      [method.updateResource, 'resource.provider'],
    ],
    async observe({ wire, local }) {
      const api = wire.client(ClientService)
      const connections = wire.client(ConnectionService)
      const own = { provider: IDP_SIMULATOR, type: OIDC, keyId: 'OKTA_HOOLI' }
      const { connection } = await connections.createEnvironmentConnection({ connection: own })
      await connections.enableEnvironmentConnection({ connectionId: connection?.id ?? '' })
      const resource = { resourceType: MCP_SERVER, name: 'Notes', resourceId: 'https://notes.example/mcp' }
      const made = await api.createResource({ resource: { ...resource, provider: 'OKTA_HOOLI' } })
      const resourceId = made.resource?.id ?? ''
      const client = await api.createResourceClient({ resourceId, client: { redirectUris: [REDIRECT_URI] } })
      const issuer = `${local.url}/${DEV}/resources/${resourceId}`
      const signIn = async () => {
        const query = new URLSearchParams({
          response_type: 'code',
          client_id: client.client?.clientId ?? '',
          redirect_uri: REDIRECT_URI,
          code_challenge: pkce().challenge,
          code_challenge_method: 'S256',
        })
        return new Browser().follow(`${issuer}/oauth/authorize?${query}`)
      }
      expect((await signIn()).url).toContain(`/simulator/${connection?.id}`)
      await api.updateResource({ resourceId, resource: { provider: 'NOBODY' } })
      const refused = await signIn()
      expect(refused.url + refused.page).toContain('NOBODY')
      await api.deleteResourceProvider({ resourceId })
      expect((await signIn()).page).toContain('name="email"')
    },
  },
  {
    seen: 'when a refresh token has expired',
    fields: [
      [method.createResource, 'resource.refresh_token_expiry'],
      [method.updateResource, 'resource.refresh_token_expiry'],
    ],
    async observe({ wire, local }) {
      const api = wire.client(ClientService)
      const url = 'https://robots.example/mcp'
      const resource = { resourceType: MCP_SERVER, name: 'Robots', resourceId: url, scopes: ['robots:drive'] }
      const made = await api.createResource({ resource: { ...resource, refreshTokenExpiry: 900n } })
      const resourceId = made.resource?.id ?? ''
      const script = { name: 'Script', scopes: ['robots:drive'], redirectUris: [REDIRECT_URI] }
      const client = await api.createResourceClient({ resourceId, client: script })
      const credentials = { client_id: client.client?.clientId ?? '', client_secret: client.plainSecret }
      const issuer = `${local.url}/${DEV}/resources/${resourceId}`
      const signIn = async () => {
        const { verifier, challenge } = pkce()
        const params = { scope: 'robots:drive offline_access', resource: url }
        const { client_id } = credentials
        const redirect = await authorize({ issuer, client_id, challenge, params, person: 'ana@acme.example' })
        const answer = await redeem(issuer, client_id, redirect, verifier, credentials)
        return ((await answer.json()) as Tokens).refresh_token
      }
      const refresh = async (refresh_token: string) => {
        const fields = { grant_type: 'refresh_token', refresh_token, ...credentials }
        return (await postForm(`${issuer}/oauth/token`, fields)).status
      }
      const [early, late] = [await signIn(), await signIn()]
      local.wait(800_000)
      expect(await refresh(early)).toBe(200)
      local.wait(200_000)
      expect(await refresh(late)).toBe(400)
      await api.updateResource({ resourceId, resource: { refreshTokenExpiry: 1800n } })
      const longer = await signIn()
      local.wait(1_500_000)
      expect(await refresh(longer)).toBe(200)
    },
  },
  {
    seen: 'among the scopes of the environment, and in what an MCP server offers',
    fields: [
      [method.createScope, ...under('scope', 'name', 'description')],
      [method.updateScope, ...under('scope', 'description', 'enabled')],
    ],
    async observe({ wire, local }) {
      const api = wire.client(ClientService)
      const { scope } = await api.createScope({ scope: { name: 'robots:stop', description: 'Stop' } })
      expect(scope).toMatchObject({ name: 'robots:stop', description: 'Stop', enabled: true })
      const id = scope?.id ?? ''
      await api.updateResource({ resourceId: GREETING, resource: { scopes: ['user:read', 'robots:stop'] } })
      await api.updateScope({ id, scope: { description: 'Stop robots', enabled: false } })
      const { scopes } = await api.listScopes({})
      expect(scopes.find((one) => one.id === id)).toMatchObject({
        description: 'Stop robots',
        enabled: false,
      })
      expect((await metadataOf(local, GREETING)).scopes_supported).not.toContain('robots:stop')
      await api.updateScope({ id, scope: { enabled: true } })
      expect((await metadataOf(local, GREETING)).scopes_supported).toContain('robots:stop')
    },
  },
]
