import type { Provider } from 'oidc-provider'
import { realmIssuer } from '../../domain/environments/realm.js'
import type { Resource } from '../../domain/resources/resources.js'
import { IDENTITY_SCOPES } from '../../domain/resources/scopes.js'
import type { OAuthContext } from './oauth-context.js'

/**
 * Completes the metadata (RFC 8414, section 2) with what is Scalekit's: one key set for the whole realm, and
 * the registration endpoint in the REST API.
 */
export function completeMetadata(
  provider: Provider,
  context: OAuthContext,
  realm: string,
  resource: Resource | undefined,
): void {
  const realmUrl = realmIssuer(context.baseUrl, realm)
  provider.use(async (ctx, next) => {
    await next()
    if (ctx.oidc?.route !== 'discovery' || typeof ctx.body !== 'object') return
    const { registration_endpoint, end_session_endpoint, ...metadata } = { ...ctx.body } as Record<
      string,
      unknown
    >
    ctx.body = {
      ...metadata,
      jwks_uri: `${realmUrl}/keys`,
      scopes_supported: resource?.scopes ?? IDENTITY_SCOPES,
      introspection_endpoint_auth_methods_supported: metadata.token_endpoint_auth_methods_supported,
      revocation_endpoint_auth_methods_supported: metadata.token_endpoint_auth_methods_supported,
      ...(resource === undefined ? { userinfo_endpoint: `${realmUrl}/userinfo`, end_session_endpoint } : {}),
      ...(resource !== undefined && registration_endpoint !== undefined
        ? { registration_endpoint: `${realmUrl}/api/v1/resources/${resource.id}/clients:register` }
        : {}),
    }
  })
}
