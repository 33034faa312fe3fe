import { Provider } from 'oidc-provider'
import { realmExists, realmIssuer, resourceIssuer } from '../../domain/environments/realm.js'
import { type Resource, resourceWithId } from '../../domain/resources/resources.js'
import { reportFailure } from '../../http/report-failure.js'
import { clientSecretMatches } from '../clients/client-secrets.js'
import { acceptManagedUris } from '../clients/registered-uris.js'
import { endSignedOut } from '../sign-in/end-signed-out.js'
import { completeIdTokens } from '../tokens/complete-id-token.js'
import { registerIdJag } from '../tokens/id-jag.js'
import { answerJwtTokenEndpoints } from '../tokens/jwt-token-endpoints.js'
import { registerTokenExchange } from '../tokens/token-exchange.js'
import { completeMetadata } from './metadata.js'
import type { OAuthContext } from './oauth-context.js'
import { providerConfiguration } from './provider-configuration.js'
import { nameUnauthorizedClients } from './unauthorized-client.js'

/** One authorization server: a realm's own, or that of one MCP server. */
export interface AuthorizationServer {
  readonly realm: string
  readonly resource: Resource | undefined
  readonly issuer: string
  readonly provider: Provider
}

export interface AuthorizationServers {
  /** The authorization server of a realm, or of a resource in it; undefined if there is no such thing. */
  find(realm: string, resourceId?: string): Promise<AuthorizationServer | undefined>
}

/** Makes authorization servers when they are first asked for, and again when the settings of a resource change. */
export function createAuthorizationServers(context: OAuthContext): AuthorizationServers {
  const made = new Map<string, { settings: string; server: Promise<AuthorizationServer> }>()
  return {
    async find(realm, resourceId) {
      if (!(await realmExists(context.database, realm))) return undefined
      const resource =
        resourceId === undefined ? undefined : await resourceWithId(context.database, realm, resourceId)
      if (resourceId !== undefined && resource === undefined) return undefined
      const key = `${realm}/${resourceId ?? ''}`
      const settings = JSON.stringify(resource ?? null)
      const known = made.get(key)
      if (known?.settings === settings) return known.server
      const server = create(context, realm, resource)
      made.set(key, { settings, server })
      server.catch(() => made.delete(key))
      return server
    },
  }
}

async function create(
  context: OAuthContext,
  realm: string,
  resource: Resource | undefined,
): Promise<AuthorizationServer> {
  const issuer =
    resource === undefined
      ? realmIssuer(context.baseUrl, realm)
      : resourceIssuer(context.baseUrl, realm, resource.id)
  const { privateJwks } = await context.keys.of(realm)
  const identity = { context, realm, resource, issuer }
  const provider = new Provider(issuer, providerConfiguration({ ...identity, privateJwks }))
  // The guard at the door says which protocol people use, and nobody else.
  provider.proxy = true
  provider.Client.prototype.compareClientSecret = function (secret: string) {
    return clientSecretMatches(this.clientSecret, secret)
  }
  acceptManagedUris(provider)
  if (resource === undefined) registerTokenExchange(provider, context, realm)
  else registerIdJag(provider, context, resource)
  completeMetadata(provider, context, realm, resource)
  answerJwtTokenEndpoints(provider, identity)
  completeIdTokens(provider, context, realm)
  nameUnauthorizedClients(provider)
  endSignedOut(provider, context, realm)
  provider.on('server_error', (_ctx, error) => reportFailure(error))
  return { realm, resource, issuer, provider }
}
