import type { JWK } from 'jose'
import type { Client, Configuration } from 'oidc-provider'
import { SELECTORS } from '../../domain/connections/select-connection.js'
import { partitionOf } from '../../domain/environments/realm.js'
import { IDENTITY_SCOPES } from '../../domain/resources/scopes.js'
import { newId } from '../../storage/ids.js'
import { ClientAdapter } from '../clients/client-adapter.js'
import { mayInspect } from '../clients/may-inspect.js'
import { createPublicFetch } from '../clients/public-fetch.js'
import { MANAGED } from '../clients/registered-uris.js'
import { loadExistingGrant } from '../sign-in/first-party-grant.js'
import { customizeAccessToken } from '../tokens/access-token.js'
import { CLAIMS_OF_SCOPES, findAccount } from '../tokens/account.js'
import { resourceIndicators } from '../tokens/resource-indicators.js'
import { renderErrorPage } from './error-response.js'
import { promptPolicy } from './interaction-policy.js'
import { GRANT_SECONDS, SESSION_SECONDS } from './lifetimes.js'
import type { ServerIdentity } from './oauth-context.js'
import { requiresPkce } from './pkce.js'
import { RecordAdapter } from './record-adapter.js'
import { showSignedOut, signOut } from './sign-out-responses.js'

const MINUTE = 60
const DAY = 24 * 3600

/** oidc-provider's configuration for one authorization server. What is not mentioned is off. */
export function providerConfiguration(server: ServerIdentity & { privateJwks: JWK[] }): Configuration {
  const { context, realm, resource, issuer, privateJwks } = server
  const { pathname: path, port } = new URL(issuer)
  const partition = partitionOf(server)
  const documents = resource?.settings.enable_cimd ?? false
  const cookie = { name: `session_${port}`, path: `/${realm}` }
  return {
    adapter: (model) => {
      if (model === 'Client') return new ClientAdapter(context, partition, documents)
      return new RecordAdapter(context, partition, model)
    },
    jwks: { keys: privateJwks },
    routes: {
      authorization: '/oauth/authorize',
      token: '/oauth/token',
      introspection: '/oauth/introspect',
      revocation: '/oauth/revoke',
      registration: '/oauth/register',
      jwks: '/keys',
      end_session: '/oidc/logout',
    },
    // Every authorization server of a realm shares its sign-in; no realm sees the cookies of another. Browsers
    // do not tell ports apart: the name keeps several local environments from signing each other out.
    cookies: {
      names: { session: cookie.name, interaction: 'interaction', resume: 'interaction_resume' },
      long: { httpOnly: true, sameSite: 'lax', path: cookie.path, signed: false },
      short: { httpOnly: true, sameSite: 'lax', signed: false },
    },
    scopes: IDENTITY_SCOPES,
    claims: CLAIMS_OF_SCOPES,
    responseTypes: ['code'],
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    enabledJWA: {
      idTokenSigningAlgValues: ['RS256'],
      clientAuthSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA'],
    },
    clientDefaults: { application_type: 'native', response_types: ['code'] },
    pkce: { required: (ctx, client) => requiresPkce(server, ctx.oidc.params?.resource, client) },
    extraClientMetadata: { properties: ['enforce_pkce', 'lacks_organization', ...Object.keys(MANAGED)] },
    rotateRefreshToken: true,
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: async () => false,
    loadExistingGrant: (ctx) => loadExistingGrant(ctx, server),
    findAccount: (_ctx, sub, token) => findAccount(server, sub, token),
    clientBasedCORS: (_ctx, origin, client) => servesOrigin(client, origin),
    fetch: createPublicFetch(),
    formats: { customizers: { jwt: (ctx, token, jwt) => customizeAccessToken(server, ctx, token, jwt) } },
    // Only a realm's own authorization server signs in through connections.
    ...(resource === undefined ? { extraParams: [...SELECTORS] } : {}),
    interactions: {
      policy: promptPolicy(server),
      url: (_ctx, interaction) => `${path}/interaction/${interaction.uid}`,
    },
    renderError: renderErrorPage,
    ttl: {
      AccessToken: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? 5 * MINUTE,
      ClientCredentials: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? 5 * MINUTE,
      AuthorizationCode: MINUTE,
      IdToken: 60 * MINUTE,
      RefreshToken: resource?.settings.refresh_token_expiry ?? 30 * DAY,
      Grant: GRANT_SECONDS,
      Interaction: 10 * MINUTE,
      Session: SESSION_SECONDS,
    },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: resourceIndicators(server),
      introspection: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => mayInspect(server, client, { clientId: token.clientId }),
      },
      revocation: {
        enabled: true,
        allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId,
      },
      registration: {
        enabled: resource !== undefined && !resource.settings.disable_dynamic_client_registration,
        idFactory: () => newId('m2m'),
        issueRegistrationAccessToken: false,
      },
      clientIdMetadataDocument: { enabled: documents, ack: 'draft-02' },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => signOut(ctx, form, cookie),
        postLogoutSuccessSource: showSignedOut,
      },
    },
  }
}

/**
 * Browser clients call the token endpoint from the page that the user is sent back to. An application's own scheme
 * has the opaque origin `null`, which is nobody's (RFC 6454, section 4; URL Standard, section 4.7).
 */
function servesOrigin(client: Client, origin: string): boolean {
  const pages = client.redirectUris?.filter((uri) => /^https?:/i.test(uri) && URL.canParse(uri)) ?? []
  return pages.some((uri) => new URL(uri).origin === origin)
}
