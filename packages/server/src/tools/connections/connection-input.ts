import { connections } from '@scalekit-mcp/api'
import * as z from 'zod'
import { connectionId, environmentId, organizationId, text } from '../../input-fields.js'

/** Which connection: one of the environment, or of an organization if that is named. */
export const whichConnection = {
  environmentId,
  connectionId,
  organizationId: organizationId.optional(),
}

export interface WhichConnection {
  readonly environmentId: string
  readonly connectionId: string
  readonly organizationId?: string | undefined
}

const providers = [
  'OKTA',
  'GOOGLE',
  'MICROSOFT_AD',
  'AUTH0',
  'ONELOGIN',
  'PING_IDENTITY',
  'JUMPCLOUD',
  'CUSTOM',
  'GITHUB',
  'GITLAB',
  'LINKEDIN',
  'SALESFORCE',
  'MICROSOFT',
  'IDP_SIMULATOR',
  'ADFS',
] as const
export const provider = z.enum(providers).describe('Identity provider; CUSTOM for any other.')
export type Provider = z.output<typeof provider>
export const toProvider = (name: Provider) => connections.ConnectionProvider[name]

const httpsUrl = z
  .string()
  .max(512)
  .refine(
    (value) => /^[\x21-\x7e]+$/.test(value) && URL.canParse(value) && new URL(value).protocol === 'https:',
    'Give an https URL.',
  )

const oidcScopes = ['openid', 'profile', 'email', 'address', 'phone'] as const

/** Settings of an OIDC connection. Enough are: discoveryEndpoint (or issuer), clientId, clientSecret. */
export const oidcSettings = {
  discoveryEndpoint: httpsUrl.optional().describe("The provider's openid-configuration."),
  issuer: httpsUrl.optional().describe('Issuer URL.'),
  authorizeUri: httpsUrl.optional().describe('Authorization endpoint.'),
  tokenUri: httpsUrl.optional().describe('Token endpoint.'),
  userInfoUri: httpsUrl.optional().describe('UserInfo endpoint.'),
  jwksUri: httpsUrl.optional().describe('Key set URL.'),
  clientId: text(256).optional().describe('Client id at the identity provider.'),
  clientSecret: text(512).optional().describe('Stays in the conversation; the admin portal is safer.'),
  scopes: z.array(z.enum(oidcScopes)).max(5).optional().describe('Asked of the provider.'),
}

/** The settings by the names of the API, of which earlier clients send one object. */
export const oidcConfigMembers = {
  discovery_endpoint: 'discoveryEndpoint',
  issuer: 'issuer',
  authorize_uri: 'authorizeUri',
  token_uri: 'tokenUri',
  user_info_uri: 'userInfoUri',
  jwks_uri: 'jwksUri',
  client_id: 'clientId',
  client_secret: 'clientSecret',
  scopes: 'scopes',
} as const

export const keyId = text(300).describe('A name that is unique in the environment.')

export const toScope = (name: (typeof oidcScopes)[number]) => connections.OIDCScope[name]

export type OidcSettings = z.output<z.ZodObject<typeof oidcSettings>>
