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
] as const
export const provider = z.enum(providers).describe('Identity provider; CUSTOM for any other.')
export const toProvider = (name: (typeof providers)[number]) => connections.ConnectionProvider[name]

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
  issuer: httpsUrl.optional(),
  authorizeUri: httpsUrl.optional(),
  tokenUri: httpsUrl.optional(),
  userInfoUri: httpsUrl.optional(),
  jwksUri: httpsUrl.optional(),
  clientId: text(256).optional().describe('Client id at the identity provider.'),
  clientSecret: text(512)
    .optional()
    .describe('Stays in the conversation; better let the organization set it in the admin portal.'),
  scopes: z.array(z.enum(oidcScopes)).max(5).optional(),
}

export const toScope = (name: (typeof oidcScopes)[number]) => connections.OIDCScope[name]

export type OidcSettings = z.output<z.ZodObject<typeof oidcSettings>>
