import { connections } from '@scalekit-mcp/api'
import { ToolError } from '../../errors.js'
import type { ToolContext } from '../../tool.js'
import {
  type OrganizationSettings,
  oidcSettings,
  type Provider,
  samlSettings,
  toNameIdFormat,
  toProvider,
  toScope,
} from './connection-input.js'

type Scalekit = ToolContext['scalekit']

export type ConnectionType = 'OIDC' | 'SAML'

/** A connection of an organization, and the organization where it is found. */
export interface OrganizationConnection {
  readonly environmentId: string
  readonly organizationId: string
  readonly connection: connections.Connection
}

/**
 * Refuses settings of the other type: an OIDC connection has no SAML certificate.
 *
 * @throws ToolError `invalid_arguments` that names them
 */
export function requireSettingsOf(type: ConnectionType, settings: OrganizationSettings): void {
  const others = Object.keys(type === 'OIDC' ? samlSettings : oidcSettings)
  const wrong = others.filter((name) => settings[name as keyof OrganizationSettings] !== undefined)
  if (wrong.length === 0) return
  throw new ToolError('invalid_arguments', `${wrong.join(', ')}: not for a connection of the type ${type}.`)
}

/** Whether nothing is said about the settings. */
export function isEmpty(settings: OrganizationSettings): boolean {
  return Object.values(settings).every((value) => value === undefined)
}

/** Gives a connection the settings that are named, and leaves the others. The API wants to hear again which provider it is. */
export async function writeSettings(
  scalekit: Scalekit,
  { environmentId, organizationId, connection }: OrganizationConnection,
  settings: OrganizationSettings,
  provider?: Provider,
): Promise<connections.Connection> {
  const answer = await scalekit.connections(environmentId).updateConnection({
    organizationId,
    id: connection.id,
    connection: {
      type: connection.type,
      provider: provider ? toProvider(provider) : connection.provider,
      providerKey: provider ?? connection.providerKey,
      settings:
        connection.type === connections.ConnectionType.SAML
          ? { case: 'samlConfig', value: toSaml(settings) }
          : { case: 'oidcConfig', value: toOidc(settings) },
    },
  })
  if (!answer.connection) throw new ToolError('internal', 'Scalekit did not return the connection.')
  return answer.connection
}

/**
 * Lets people sign in through a connection, or stops it.
 *
 * @throws ToolError `precondition_failed` for a connection that is not complete
 */
export async function switchConnection(
  scalekit: Scalekit,
  { environmentId, organizationId, connection }: OrganizationConnection,
  enabled: boolean,
): Promise<connections.Connection> {
  if (enabled) requireComplete(connection)
  const client = scalekit.connections(environmentId)
  const which = { organizationId, id: connection.id }
  await (enabled ? client.enableConnection(which) : client.disableConnection(which))
  return { ...connection, enabled }
}

/** @throws ToolError `precondition_failed` that names what a connection lacks before it can be enabled */
export function requireComplete({ status, type, settings }: connections.Connection): void {
  if (status === connections.ConnectionStatus.COMPLETED) return
  if (type === connections.ConnectionType.SAML) throw incomplete(missingIn('SAML', {}))
  if (type !== connections.ConnectionType.OIDC) throw incomplete(['its settings'])
  const { discoveryEndpoint, issuer, clientId } = settings.case === 'oidcConfig' ? settings.value : {}
  // The API never shows whether there is a client secret, so that is what is missing where all else exists.
  throw incomplete(missingIn('OIDC', { discoveryEndpoint, issuer, clientId }))
}

/**
 * Refuses to enable a new connection without the settings that it needs. The simulator needs none.
 *
 * @throws ToolError `precondition_failed` that names them
 */
export function requireEnough(
  type: ConnectionType,
  provider: Provider,
  settings: OrganizationSettings,
): void {
  const missing = provider === 'IDP_SIMULATOR' ? [] : missingIn(type, settings)
  if (missing.length > 0) throw incomplete(missing)
}

function missingIn(type: ConnectionType, settings: OrganizationSettings): string[] {
  const { discoveryEndpoint, issuer, clientId, clientSecret } = settings
  if (type === 'OIDC') {
    return [
      ...(discoveryEndpoint || issuer ? [] : ['discoveryEndpoint or issuer']),
      ...(clientId ? [] : ['clientId']),
      ...(clientSecret ? [] : ['clientSecret']),
    ]
  }
  const { idpMetadataUrl, idpEntityId, idpSignOnUrl, idpCertificate } = settings
  const isEnough = idpMetadataUrl || (idpEntityId && idpSignOnUrl && idpCertificate)
  return isEnough ? [] : ['idpMetadataUrl, or idpEntityId with idpSignOnUrl and idpCertificate']
}

const incomplete = (missing: readonly string[]) =>
  new ToolError('precondition_failed', `The connection cannot be enabled without ${missing.join(', ')}.`, {
    nextStep: 'Give the missing settings, then enable it.',
  })

function toOidc(settings: OrganizationSettings) {
  return {
    discoveryEndpoint: settings.discoveryEndpoint,
    issuer: settings.issuer,
    authorizeUri: settings.authorizeUri,
    tokenUri: settings.tokenUri,
    userInfoUri: settings.userInfoUri,
    jwksUri: settings.jwksUri,
    clientId: settings.clientId,
    clientSecret: settings.clientSecret,
    scopes: (settings.scopes ?? []).map(toScope),
    jitProvisioningWithSsoEnabled: settings.jitProvisioning,
    syncUserProfileOnLogin: settings.syncProfile,
  }
}

function toSaml(settings: OrganizationSettings) {
  return {
    idpMetadataUrl: settings.idpMetadataUrl,
    idpEntityId: settings.idpEntityId,
    idpSsoUrl: settings.idpSignOnUrl,
    idpCertificate: settings.idpCertificate,
    idpNameIdFormat: settings.nameIdFormat && toNameIdFormat(settings.nameIdFormat),
    jitProvisioningWithSsoEnabled: settings.jitProvisioning,
    syncUserProfileOnLogin: settings.syncProfile,
  }
}
