import { type Configuration, errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider'
import { DEFAULT_EXPIRY } from '../../domain/clients/m2m-client-data.js'
import { mayTarget } from '../../domain/clients/m2m-clients.js'
import { type TokenSettings, tokenSettings } from '../../domain/clients/token-settings.js'
import { partitionOf } from '../../domain/environments/realm.js'
import { grantableScopes } from '../../domain/resources/granting.js'
import {
  isIndicatorOf,
  listResources,
  type Resource,
  resourceWithId,
} from '../../domain/resources/resources.js'
import { IDENTITY_SCOPES } from '../../domain/resources/scopes.js'
import { SIGN_IN_TOKEN_SECONDS } from '../../domain/sessions/session-policy.js'
import type { ServerIdentity } from '../server/oauth-context.js'

/** Life of a token from client credentials for the management API, as live. */
const API_TOKEN_LIFETIME = 86_399

type Feature = NonNullable<NonNullable<Configuration['features']>['resourceIndicators']>

/**
 * Resource indicators (RFC 8707). The authorization server of an MCP server issues tokens for that one; a
 * realm's own for its management API, its applications and any MCP server of the realm. A client that names
 * no resource gets what the server is there for.
 */
export function resourceIndicators(server: ServerIdentity): Feature {
  const { context, realm, issuer } = server
  const settingsOf = (clientId: string) => tokenSettings(context.database, partitionOf(server), clientId)
  return {
    enabled: true,
    async defaultResource(_ctx, client, oneOf) {
      const [named] = [oneOf ?? []].flat()
      if (named !== undefined) return named
      if (server.resource !== undefined) return hasUrl(server.resource) ? server.resource.url : issuer
      const { machine } = await settingsOf(client.clientId)
      const own = machine?.resourceId ?? undefined
      const resource = own && (await resourceWithId(context.database, realm, own))
      return resource ? resource.url : issuer
    },
    useGrantedResource: async () => true,
    async getResourceServerInfo(ctx, indicator, client) {
      const resource = await findIndicated(server, indicator)
      const settings = await settingsOf(client.clientId)
      const { machine } = settings
      if (resource !== undefined && (machine === undefined || mayTarget(machine, resource)))
        return forResource(resource, settings)
      const forApi = resource === undefined && server.resource === undefined && indicator === issuer
      if (forApi && !machine?.resourceId) return forRealm(server, ctx, client.clientId, settings)
      const whose =
        machine === undefined ? 'this authorization server issues no tokens' : 'this client has no tokens'
      throw new errors.InvalidTarget(`${whose} for ${indicator}`)
    },
  }
}

/** The MCP server that an indicator names, if this authorization server issues tokens for it. */
export async function findIndicated(
  server: ServerIdentity,
  indicator: string,
): Promise<Resource | undefined> {
  const { resource: own, issuer } = server
  if (own !== undefined) {
    const isOwn = isIndicatorOf(own, indicator) || (indicator === issuer && !hasUrl(own))
    return isOwn ? own : undefined
  }
  const all = await listResources(server.context.database, server.realm)
  return all.find((resource) => isIndicatorOf(resource, indicator))
}

/**
 * Whether an MCP server has a URL. For one without, the URL of its authorization server is the indicator, because an
 * indicator is a URL (RFC 8707, section 2).
 */
function hasUrl({ url }: Resource): boolean {
  return URL.canParse(url)
}

function forResource(resource: Resource, { scopes, lifetime, machine }: TokenSettings): ResourceServer {
  const { access_token_expiry } = resource.settings
  return {
    audience: resource.url,
    scope: grantableScopes(resource, { registered: scopes }).join(' '),
    accessTokenFormat: 'jwt',
    // An application's own lifetime is for its own tokens.
    accessTokenTTL: (machine && lifetime) ?? access_token_expiry,
    jwt: { sign: { alg: 'RS256' } },
  }
}

/** With client credentials the realm's management API, or what an organization's client is for; after a sign-in, the application. */
function forRealm(
  server: ServerIdentity,
  ctx: KoaContextWithOIDC,
  clientId: string,
  { scopes, lifetime, machine }: TokenSettings,
): ResourceServer {
  const token = { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } } as const
  if (ctx.oidc.params?.grant_type !== 'client_credentials') {
    const scope = [...new Set([...IDENTITY_SCOPES, ...(scopes ?? [])])].join(' ')
    return { ...token, audience: clientId, scope, accessTokenTTL: lifetime ?? SIGN_IN_TOKEN_SECONDS }
  }
  return {
    ...{ ...token, audience: server.issuer, scope: (scopes ?? IDENTITY_SCOPES).join(' ') },
    accessTokenTTL: lifetime ?? (machine === undefined ? API_TOKEN_LIFETIME : DEFAULT_EXPIRY),
  }
}
