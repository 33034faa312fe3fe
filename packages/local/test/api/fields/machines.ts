import { ClientService } from '@scalekit-mcp/api'
import { expect } from 'vitest'
import { authorize, pkce, REDIRECT_URI } from '../../oauth/authorization-code.js'
import { ACME, DEV } from '../local.js'
import { machineToken, metadataOf } from './machine-token.js'
import { type Observation, under } from './observation.js'

const { method } = ClientService
const GREETING = 'res_100000000000000002'
const described = ['name', 'description', 'scopes', 'custom_claims.key', 'custom_claims.value', 'expiry']

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
