import { type Configuration, errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider'
import { findM2mClient } from './m2m-clients.js'
import type { ServerIdentity } from './oauth-context.js'
import { isIndicatorOf, listResources, type Resource } from './resources.js'
import { IDENTITY_SCOPES } from './scopes.js'

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
  const fallback = server.resource?.url ?? server.issuer
  return {
    enabled: true,
    defaultResource: async (_ctx, _client, oneOf) =>
      oneOf === undefined ? fallback : ([oneOf].flat()[0] ?? fallback),
    useGrantedResource: async () => true,
    getResourceServerInfo: async (ctx, indicator, client) => {
      const resource = await findIndicated(server, indicator)
      if (resource !== undefined) return forResource(resource)
      if (server.resource === undefined && indicator === server.issuer)
        return forRealm(server, ctx, client.clientId)
      throw new errors.InvalidTarget(`this authorization server issues no tokens for ${indicator}`)
    },
  }
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

function forResource(resource: Resource): ResourceServer {
  return {
    audience: resource.url,
    scope: resource.scopes.join(' '),
    accessTokenFormat: 'jwt',
    accessTokenTTL: resource.settings.access_token_expiry,
    jwt: { sign: { alg: 'RS256' } },
  }
}

/** With client credentials the realm's management API, or what an organization's client is for; after a sign-in, the application. */
async function forRealm(
  server: ServerIdentity,
  ctx: KoaContextWithOIDC,
  clientId: string,
): Promise<ResourceServer> {
  const token = { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } } as const
  const scope = IDENTITY_SCOPES.join(' ')
  if (ctx.oidc.params?.grant_type !== 'client_credentials') {
    return { ...token, audience: clientId, scope, accessTokenTTL: SIGN_IN_TOKEN_LIFETIME }
  }
  const machine = await findM2mClient(server.context.database, server.realm, clientId)
  return machine === undefined
    ? { ...token, audience: server.issuer, scope, accessTokenTTL: API_TOKEN_LIFETIME }
    : { ...token, audience: server.issuer, scope: machine.scopes.join(' '), accessTokenTTL: machine.expiry }
}
