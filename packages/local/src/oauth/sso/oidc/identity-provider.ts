import { z } from 'zod'
import { type ConnectionData, connectionData } from '../../../domain/connections/connection-data.js'
import { SignInRefusal } from '../../../domain/connections/sign-in-refusal.js'
import type { ConnectionRow } from '../../../storage/registry-schema.js'
import type { OAuthContext } from '../../server/oauth-context.js'
import { simulatorIssuer } from '../../simulator/simulated-idp.js'
import { fetchJson } from '../ask-identity-provider.js'

/** What is known of an identity provider, and who we are to it. */
export interface IdentityProvider {
  issuer: string
  authorizationEndpoint: string
  tokenEndpoint: string
  jwksUri: string
  userinfoEndpoint?: string | undefined
  /** Whether the connection names the UserInfo endpoint itself. */
  asksUserInfo: boolean
  clientId: string
  /** Whether requests carry a challenge (RFC 7636). */
  pkce: boolean
  client?: { secret: string; inBody: boolean }
  scope: string
}

const DEFAULT_SCOPE = 'openid profile email'

const Settings = z.object({
  issuer: z.string().optional(),
  discoveryEndpoint: z.string().optional(),
  authorizeUri: z.string().optional(),
  tokenUri: z.string().optional(),
  jwksUri: z.string().optional(),
  clientId: z.string().default(''),
  clientSecret: z.string().optional(),
  tokenAuthType: z.string().optional(),
  scopes: z.array(z.string()).default([]),
  usePlatformCreds: z.boolean().default(false),
  userInfoUri: z.string().default(''),
  pkceEnabled: z.boolean().default(true),
})

/** OpenID Connect Discovery, section 3: what of it we use. */
const Metadata = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url({ protocol: /^https?$/ }),
  token_endpoint: z.url({ protocol: /^https?$/ }),
  jwks_uri: z.url({ protocol: /^https?$/ }),
  userinfo_endpoint: z
    .url({ protocol: /^https?$/ })
    .optional()
    .catch(undefined),
})

/**
 * The identity provider of a connection: the simulator for connections of that provider and those that use
 * Scalekit's own credentials, otherwise what the connection says, completed by discovery. Throws a `SignInRefusal`.
 */
export async function identityProviderOf(
  { baseUrl }: OAuthContext,
  connection: ConnectionRow,
): Promise<IdentityProvider> {
  const data = connectionData(connection)
  const settings = Settings.parse(data.settings)
  if (connection.provider === 'IDP_SIMULATOR' || settings.usePlatformCreds) {
    const metadata = await discover(simulatorIssuer(baseUrl, connection.id))
    const us = { clientId: connection.id, scope: DEFAULT_SCOPE, pkce: true, asksUserInfo: false }
    return { ...endpoints(metadata), ...us }
  }
  if (connection.type !== 'OIDC') {
    throw new SignInRefusal(
      'connection_not_supported',
      `The local environment signs in through OpenID Connect and SAML, and not through ${connection.type}. Use an OIDC connection, or the identity provider simulator.`,
    )
  }
  const { clientId, clientSecret, scopes, userInfoUri, pkceEnabled: pkce } = settings
  const client =
    clientSecret === undefined
      ? {}
      : { client: { secret: clientSecret, inBody: settings.tokenAuthType === 'URL_PARAMS' } }
  const scope = scopes.length > 0 ? [...new Set(['openid', ...scopes])].join(' ') : DEFAULT_SCOPE
  const found = await endpointsOf(settings, data.configuration_type)
  const userinfo = {
    userinfoEndpoint: userInfoUri || found.userinfoEndpoint,
    asksUserInfo: userInfoUri !== '',
  }
  return { ...found, ...userinfo, clientId, ...client, scope, pkce }
}

/** The endpoints that the connection sets, and those that it does not set from discovery. */
async function endpointsOf(
  settings: z.infer<typeof Settings>,
  configuration: ConnectionData['configuration_type'],
) {
  const { issuer, discoveryEndpoint } = settings
  const own: Partial<typeof settings> = configuration === 'DISCOVERY' ? {} : settings
  const { authorizeUri, tokenUri, jwksUri } = own
  if (issuer && authorizeUri && tokenUri && jwksUri) {
    return {
      ...{ issuer, authorizationEndpoint: authorizeUri, tokenEndpoint: tokenUri, jwksUri },
      userinfoEndpoint: undefined,
    }
  }
  if (configuration === 'MANUAL') {
    throw new SignInRefusal(
      'connection_misconfigured',
      'The connection is configured by hand and lacks an issuer, authorize URI, token URI or JWKS URI.',
    )
  }
  const place = discoveryEndpoint || issuer
  if (!place)
    throw new SignInRefusal(
      'connection_misconfigured',
      'The connection has neither an issuer nor a discovery endpoint.',
    )
  const metadata = await discover(place)
  if (issuer && metadata.issuer !== issuer) {
    throw new SignInRefusal(
      'connection_misconfigured',
      'The identity provider names another issuer than the connection.',
    )
  }
  const discovered = endpoints(metadata)
  return {
    ...discovered,
    authorizationEndpoint: authorizeUri || discovered.authorizationEndpoint,
    tokenEndpoint: tokenUri || discovered.tokenEndpoint,
    jwksUri: jwksUri || discovered.jwksUri,
  }
}

/** OpenID Connect Discovery, section 4. */
async function discover(place: string): Promise<z.infer<typeof Metadata>> {
  const document = '/.well-known/openid-configuration'
  const url = place.endsWith(document) ? place : place.replace(/\/$/, '') + document
  const found = Metadata.safeParse(await fetchJson(url))
  if (found.success && url === found.data.issuer.replace(/\/$/, '') + document) return found.data
  throw new SignInRefusal(
    'connection_misconfigured',
    'The identity provider’s discovery document is not its own or not complete.',
  )
}

function endpoints({ issuer, ...metadata }: z.infer<typeof Metadata>) {
  return {
    issuer,
    authorizationEndpoint: metadata.authorization_endpoint,
    tokenEndpoint: metadata.token_endpoint,
    jwksUri: metadata.jwks_uri,
    userinfoEndpoint: metadata.userinfo_endpoint,
  }
}
