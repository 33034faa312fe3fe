import { AuthService, ClientService } from '@scalekit-mcp/api'
import { authorize, pkce, REDIRECT_URI, redeem } from '../../oauth/authorization-code.js'
import { ACME, DEV, type Local } from '../local.js'
import { beginOwnLogin } from '../own-login.js'
import type { Wire } from './wire.js'

/** Applications, machines' clients, MCP servers with their clients and consents, scopes. */
export async function clients(wire: Wire, local: Local): Promise<void> {
  const api = wire.client(ClientService)
  const app = await api.createClient({ client: { name: 'Shop', clientType: 'WEB_APP' } })
  const clientId = app.client?.id ?? ''
  await api.listClient({})
  await api.getClient({ clientId })
  await api.updateClient({ clientId, client: { name: 'The shop' } })
  const { secret } = await api.createClientSecret({ clientId })
  const secretId = secret?.id ?? ''
  await api.updateClientSecret({ clientId, secretId, secret: { status: 1 } })
  await api.deleteClientSecret({ clientId, secretId })
  await api.deleteClient({ clientId })

  const organizationId = ACME
  const machine = await api.createOrganizationClient({ organizationId, client: { name: 'Robot' } })
  const machines = { organizationId, clientId: machine.client?.clientId ?? '' }
  await api.getOrganizationClient(machines)
  await api.listOrganizationClients({ organizationId })
  await api.updateOrganizationClient({ ...machines, client: { name: 'The robot' } })
  const added = await api.createOrganizationClientSecret(machines)
  await api.deleteOrganizationClientSecret({ ...machines, secretId: added.secret?.id ?? '' })
  await api.deleteOrganizationClient(machines)

  const resource = {
    resourceType: 5,
    name: 'Robots',
    resourceId: 'https://mcp.example/',
    scopes: ['robots:drive'],
  }
  const created = await api.createResource({ resource })
  const resourceId = created.resource?.id ?? ''
  await api.getResource({ resourceId })
  await api.listResources({ resourceType: 5 })
  await api.updateResource({ resourceId, resource: { name: 'The robots' } })
  await answerOwnLogin(wire, local, resourceId)
  await api.deleteResourceProvider({ resourceId })
  const script = await api.createResourceClient({ resourceId, client: { name: 'Script' } })
  const of = { resourceId, clientId: script.client?.clientId ?? '' }
  await api.getResourceClient(of)
  await api.listResourceClients({ resourceId })
  await api.updateResourceClient({ ...of, client: { name: 'The script' } })
  await api.deleteResourceClient(of)
  const agent = await allow(local, resourceId)
  const { consents } = await api.listResourceUserConsents({ resourceId })
  await api.revokeUserConsent({ clientId: agent, consentId: consents[0]?.id ?? '' })
  await allow(local, resourceId)
  const own = await api.listCurrentAgentConsents({})
  await api.revokeCurrentAgentConsent({ consentId: own.consents[0]?.id ?? '' })
  await api.deleteResource({ resourceId })

  const { scope } = await api.createScope({ scope: { name: 'robots:stop' } })
  await api.listScopes({})
  await api.updateScope({ id: scope?.id ?? '', scope: { description: 'Stop robots' } })
  await api.deleteScope({ id: scope?.id ?? '' })
}

/** Ana allows a client that registered itself to drive robots. */
export async function allow(local: Local, resourceId: string): Promise<string> {
  const registered = await local.rest('POST', `/${DEV}/api/v1/resources/${resourceId}/clients:register`, {
    headers: { 'content-type': 'application/json' },
    body: { client_name: 'Agent', redirect_uris: [REDIRECT_URI] },
  })
  const { client_id } = registered.body
  const issuer = `${local.url}/${DEV}/resources/${resourceId}`
  const { verifier, challenge } = pkce()
  const params = { scope: 'robots:drive', resource: 'https://mcp.example/' }
  const redirect = await authorize({ issuer, client_id, challenge, params, person: 'ana@acme.example' })
  await redeem(issuer, client_id, redirect, verifier)
  return client_id
}

/** People sign in at a page of the application, which says who they are. */
async function answerOwnLogin(wire: Wire, local: Local, resourceId: string): Promise<void> {
  const login = await beginOwnLogin(wire, local, resourceId)
  const user = { sub: 'account-17', email: 'rosa@shop.example' }
  await wire.client(AuthService).updateLoginUserDetails({ ...login.ids, user })
}
