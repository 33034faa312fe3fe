import { type Configuration, errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider'
import { type M2mClient, m2mClientAt, mayTarget } from '../../domain/clients/m2m-clients.js'
import { partitionOf } from '../../domain/environments/realm.js'
import {
  isIndicatorOf,
  listResources,
  type Resource,
  resourceWithId,
} from '../../domain/resources/resources.js'
import { IDENTITY_SCOPES } from '../../domain/resources/scopes.js'
import type { ServerIdentity } from '../server/oauth-context.js'

/** Life of a token from client credentials for the management API, as live. */
const API_TOKEN_LIFETIME = 86_399
/** Life of the access token of someone who signed in to an application, as live. */
const SIGN_IN_TOKEN_LIFETIME = 300

type Feature = NonNullable<NonNullable<Configuration['features']>['resourceIndicators']>

/**
 * Resource indicators (RFC 8707). The authorization server of an MCP server issues tokens for that one; a
 * realm's own for its management API, its applications and any MCP server of the realm. A client that names
 * no resource gets what the server is there for.
 */
export function resourceIndicators(server: ServerIdentity): Feature {
  const { context, realm, issuer } = server
  const machineOf = (clientId: string) => m2mClientAt(context.database, partitionOf(server), clientId)
  return {
    enabled: true,
    async defaultResource(_ctx, client, oneOf) {
      const [named] = [oneOf ?? []].flat()
      if (named !== undefined) return named
      if (server.resource !== undefined) return server.resource.url
      const own = (await machineOf(client.clientId))?.resourceId ?? undefined
      const resource = own && (await resourceWithId(context.database, realm, own))
      return resource ? resource.url : issuer
    },
    useGrantedResource: async () => true,
    async getResourceServerInfo(ctx, indicator, client) {
      const resource = await findIndicated(server, indicator)
      const machine = await machineOf(client.clientId)
      if (resource !== undefined && (machine === undefined || mayTarget(machine, resource)))
        return forResource(resource, machine)
      const forApi = resource === undefined && server.resource === undefined && indicator === issuer
      if (forApi && !machine?.resourceId) return forRealm(server, ctx, client.clientId, machine)
      const whose =
        machine === undefined ? 'this authorization server issues no tokens' : 'this client has no tokens'
      throw new errors.InvalidTarget(`${whose} for ${indicator}`)
    },
  }
}

/** The scopes of an MCP server that a client may have: a machine's client at most those that it is registered with. */
export function grantableScopes(resource: Resource, machine: M2mClient | undefined): string[] {
  return resource.scopes.filter((scope) => machine === undefined || machine.scopes.includes(scope))
}

/** The MCP server that an indicator names, if this authorization server issues tokens for it. */
export async function findIndicated(
  server: ServerIdentity,
  indicator: string,
): Promise<Resource | undefined> {
  const served =
    server.resource === undefined
      ? await listResources(server.context.database, server.realm)
      : [server.resource]
  return served.find((resource) => isIndicatorOf(resource, indicator))
}

function forResource(resource: Resource, machine: M2mClient | undefined): ResourceServer {
  return {
    audience: resource.url,
    scope: grantableScopes(resource, machine).join(' '),
    accessTokenFormat: 'jwt',
    accessTokenTTL: resource.settings.access_token_expiry,
    jwt: { sign: { alg: 'RS256' } },
  }
}

/** With client credentials the realm's management API, or what an organization's client is for; after a sign-in, the application. */
function forRealm(
  server: ServerIdentity,
  ctx: KoaContextWithOIDC,
  clientId: string,
  machine: M2mClient | undefined,
): ResourceServer {
  const token = { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } } as const
  const scope = IDENTITY_SCOPES.join(' ')
  if (ctx.oidc.params?.grant_type !== 'client_credentials') {
    return { ...token, audience: clientId, scope, accessTokenTTL: SIGN_IN_TOKEN_LIFETIME }
  }
  return machine === undefined
    ? { ...token, audience: server.issuer, scope, accessTokenTTL: API_TOKEN_LIFETIME }
    : { ...token, audience: server.issuer, scope: machine.scopes.join(' '), accessTokenTTL: machine.expiry }
}
