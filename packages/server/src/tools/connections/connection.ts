import { connections } from '@scalekit-mcp/api'
import * as z from 'zod'
import { isAlready } from '../is-already.js'
import { time, toTime } from '../times.js'
import type { Left } from '../undo-on-failure.js'

/** A connection in a list. */
export const listedConnectionFields = z.object({
  id: z.string(),
  type: z.string().describe('OIDC, SAML, OAUTH, PASSWORDLESS, …'),
  provider: z.string().optional(),
  status: z.string().describe('DRAFT, IN_PROGRESS or COMPLETED; only a complete one can be enabled.'),
  enabled: z.boolean(),
  keyId: z.string().optional().describe('Its name within the environment.'),
  organizationId: z.string().optional(),
  domains: z.array(z.string()),
  createdAt: time,
})

/** One connection. Client secrets and certificates stay where they are. */
export const connectionFields = listedConnectionFields.extend({
  oidc: z
    .object({
      issuer: z.string().optional(),
      discoveryEndpoint: z.string().optional(),
      clientId: z.string().optional(),
      scopes: z.array(z.string()),
      redirectUri: z.string().optional().describe('To register at the identity provider.'),
    })
    .optional(),
  saml: z
    .object({
      acsUrl: z
        .string()
        .optional()
        .describe('Assertion consumer service URL, to register at the identity provider.'),
      spEntityId: z
        .string()
        .optional()
        .describe('Entity ID (audience), to register at the identity provider.'),
      spMetadataUrl: z.string().optional(),
      idpMetadataUrl: z.string().optional(),
      idpEntityId: z.string().optional(),
      idpSignOnUrl: z.string().optional(),
      certificatesExpireAt: z.array(z.string()),
    })
    .optional(),
  updatedAt: time,
})

export function toListedConnection(
  connection: connections.ListConnection,
): z.output<typeof listedConnectionFields> {
  return {
    ...kindOf(connection),
    id: connection.id,
    enabled: connection.enabled,
    keyId: connection.keyId || undefined,
    organizationId: connection.organizationId || undefined,
    domains: connection.domains,
    createdAt: toTime(connection.createdAt),
  }
}

export function toConnection(connection: connections.Connection): z.output<typeof connectionFields> {
  const { settings } = connection
  return {
    ...kindOf(connection),
    id: connection.id,
    enabled: connection.enabled,
    keyId: connection.keyId || undefined,
    organizationId: connection.organizationId || undefined,
    domains: connection.domains.map(({ domain }) => domain),
    oidc: settings.case === 'oidcConfig' ? toOidc(settings.value) : undefined,
    saml: settings.case === 'samlConfig' ? toSaml(settings.value) : undefined,
    createdAt: toTime(connection.createTime),
    updatedAt: toTime(connection.updateTime),
  }
}

function kindOf(connection: Pick<connections.Connection, 'type' | 'provider' | 'status' | 'providerKey'>) {
  return {
    type: connections.ConnectionType[connection.type] ?? 'UNKNOWN',
    provider: connection.provider
      ? connections.ConnectionProvider[connection.provider]
      : connection.providerKey || undefined,
    status: connections.ConnectionStatus[connection.status] ?? 'UNKNOWN',
  }
}

function toOidc(config: connections.OIDCConnectionConfig) {
  return {
    issuer: config.issuer || undefined,
    discoveryEndpoint: config.discoveryEndpoint || undefined,
    clientId: config.clientId || undefined,
    scopes: config.scopes.map((scope) => connections.OIDCScope[scope] ?? 'unknown'),
    redirectUri: config.redirectUri || undefined,
  }
}

function toSaml(config: connections.SAMLConnectionConfigResponse) {
  return {
    acsUrl: config.spAssertionUrl || undefined,
    spEntityId: config.spEntityId || undefined,
    spMetadataUrl: config.spMetadataUrl || undefined,
    idpMetadataUrl: config.idpMetadataUrl || undefined,
    idpEntityId: config.idpEntityId || undefined,
    idpSignOnUrl: config.idpSsoUrl || undefined,
    certificatesExpireAt: config.idpCertificates.flatMap(({ expiryTime }) => toTime(expiryTime) ?? []),
  }
}

/** The result of a change that a connection has already. Secrets and certificates cannot be read, so those always change. */
export function unchangedConnection(
  connection: connections.Connection,
  wanted: Readonly<Record<string, unknown>>,
): { connection: z.output<typeof connectionFields> } | undefined {
  const result = toConnection(connection)
  const present = { ...result, ...result.oidc, ...result.saml }
  return isAlready(present, wanted) ? { connection: result } : undefined
}

/** What stays of a connection whose settings were refused, where it could not be removed again. */
export function leftDraft(connectionId: string): Left {
  return {
    message: `The draft ${connectionId} is left.`,
    nextStep: 'Delete it with delete_connection, then call again.',
    details: { connectionId },
  }
}
