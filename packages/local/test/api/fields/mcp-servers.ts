import { ClientService, ConnectionService } from '@scalekit-mcp/api'
import { expect } from 'vitest'
import {
  authorize,
  pkce,
  postForm,
  REDIRECT_URI,
  redeem,
  type Tokens,
} from '../../oauth/authorization-code.js'
import { Browser } from '../../oauth/browser.js'
import { DEV } from '../local.js'
import { machineToken, metadataOf } from './machine-token.js'
import { type Observation, under } from './observation.js'

const { method } = ClientService
const MCP_SERVER = 5
const IDP_SIMULATOR = 14
const OIDC = 1

/** MCP servers: their authorization servers, tokens and sign-in. */
export const mcpServerFields: readonly Observation[] = [
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
      await connections.deleteEnvironmentConnection({ connectionId: connection?.id ?? '' })
      const refused = await signIn()
      expect(refused.url + refused.page).toContain('OKTA_HOOLI')
      await connections.createEnvironmentConnection({ connection: { ...own, keyId: 'OKTA_2' } })
      await api.updateResource({ resourceId, resource: { provider: 'OKTA_2' } })
      expect((await api.getResource({ resourceId })).resource?.provider).toBe('OKTA_2')
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
]
