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
  clientSecret: text(512)
    .optional()
    .describe('Stays in the conversation; the dashboard or admin portal is safer.'),
  scopes: z.array(z.enum(oidcScopes)).max(5).optional().describe('Asked of the provider.'),
}

const nameIdFormats = ['UNSPECIFIED', 'EMAIL', 'TRANSIENT', 'PERSISTENT'] as const

/** Settings of a SAML connection. Enough are: idpMetadataUrl, or idpEntityId with idpSignOnUrl and idpCertificate. */
export const samlSettings = {
  idpMetadataUrl: httpsUrl.optional().describe("The provider's SAML metadata; replaces the next three."),
  idpEntityId: text(512).optional().describe('Entity ID (issuer) of the identity provider.'),
  idpSignOnUrl: httpsUrl.optional().describe('Where sign-in requests go.'),
  idpCertificate: z
    .string()
    .max(16_000)
    .regex(/^[\w+/=\s-]+$/, 'a certificate in Base64, with or without its PEM lines')
    .optional()
    .describe('Signing certificate, PEM or Base64.'),
  nameIdFormat: z.enum(nameIdFormats).optional().describe('Name ID format that is requested.'),
}

/** Settings that both kinds of single sign-on have. */
const ssoSettings = {
  jitProvisioning: z.boolean().optional().describe("Create users of the organization's domains at sign-in."),
  syncProfile: z.boolean().optional().describe('Update the profile of users at each sign-in.'),
}

/** Settings of a connection of an organization: those of its type, and the common ones. */
export const organizationSettings = { ...oidcSettings, ...samlSettings, ...ssoSettings }

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

export const toNameIdFormat = (name: (typeof nameIdFormats)[number]) => connections.NameIdFormat[name]

export type OidcSettings = z.output<z.ZodObject<typeof oidcSettings>>
export type OrganizationSettings = z.output<z.ZodObject<typeof organizationSettings>>
