import type { X509Certificate } from 'node:crypto'
import { create, fromJson, type MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate, timestampFromMs } from '@bufbuild/protobuf/wkt'
import { connections } from '@scalekit-mcp/api'
import { readCertificates } from '../../domain/connections/certificates.js'
import { type ConnectionData, connectionData } from '../../domain/connections/connection-data.js'
import { samlServiceProvider, ssoCallback } from '../../domain/connections/sso-callback.js'
import { connectionServerUrl } from '../../domain/mcp-configs/mcp-server-url.js'
import type { ConnectionRow, DomainRow } from '../../storage/registry-schema.js'
import { toDomain } from './domain-message.js'
import { enumOf } from './enum-of.js'

type ConnectionInit = MessageInitShape<typeof connections.ConnectionSchema>
type SettingsInit = NonNullable<ConnectionInit['settings']>

/** A connection as the API shows it. A secret of its identity provider goes in and never comes out. */
export function toConnection(
  row: ConnectionRow,
  domains: readonly DomainRow[],
  baseUrl: string,
): ConnectionInit {
  const data = connectionData(row)
  return {
    id: row.id,
    ...kindOf(row),
    status: connections.ConnectionStatus[row.status],
    enabled: row.enabled === 1,
    debugEnabled: data.debug_enabled,
    uiButtonTitle: data.ui_button_title,
    configurationType:
      connections.ConfigurationType[data.configuration_type ?? 'CONFIGURATION_TYPE_UNSPECIFIED'],
    attributeMapping: data.attribute_mapping,
    createTime: timestampFromMs(row.created_at),
    updateTime: timestampFromMs(row.updated_at),
    keyId: row.key_id,
    providerKey: data.provider_key,
    domains: domains.filter((domain) => domain.connection_id === row.id).map(toDomain),
    settings: settingsOf(row, data, baseUrl),
    ...(data.is_app && { mcpServerUrl: connectionServerUrl(baseUrl, row) }),
    ...(row.organization_id !== null && { organizationId: row.organization_id }),
  }
}

/** A connection as it stands in a list. */
export function toListConnection(
  row: ConnectionRow & { readonly organization_name: string | null },
  domains: readonly DomainRow[],
  baseUrl: string,
): MessageInitShape<typeof connections.ListConnectionSchema> {
  const data = connectionData(row)
  return {
    id: row.id,
    ...kindOf(row),
    status: connections.ConnectionStatus[row.status],
    enabled: row.enabled === 1,
    organizationId: row.organization_id ?? '',
    organizationName: row.organization_name ?? '',
    uiButtonTitle: data.ui_button_title,
    domains: domains.filter(({ connection_id }) => connection_id === row.id).map(({ domain }) => domain),
    providerKey: data.provider_key,
    keyId: row.key_id,
    createdAt: timestampFromMs(row.created_at),
    mcpServerUrl: data.is_app ? connectionServerUrl(baseUrl, row) : '',
  }
}

function kindOf({ type, provider }: ConnectionRow) {
  return {
    type: enumOf(connections.ConnectionType, type) ?? connections.ConnectionType.INVALID,
    provider: enumOf(connections.ConnectionProvider, provider) ?? 0,
  }
}

function settingsOf(row: ConnectionRow, data: ConnectionData, baseUrl: string): SettingsInit {
  const { settings } = data
  switch (data.settings_case) {
    case 'oidcConfig': {
      const { clientSecret, redirectUri, ...shown } = settings
      const config = fromJson(connections.OIDCConnectionConfigSchema, shown)
      return { case: 'oidcConfig', value: { ...config, redirectUri: ssoCallback(baseUrl, row) } }
    }
    case 'samlConfig':
      return { case: 'samlConfig', value: samlOf(row, settings, baseUrl) }
    case 'oauthConfig': {
      const { clientSecret, redirectUri: _, ...shown } = settings
      const config = fromJson(connections.OAuthConnectionConfigSchema, shown)
      const redirectUri = `${baseUrl}/${row.environment_id}/sso/v1/oauth/${row.id}/callback`
      return { case: 'oauthConfig', value: { ...config, redirectUri } }
    }
    case 'passwordlessConfig':
      return { case: 'passwordlessConfig', value: fromJson(connections.PasswordLessConfigSchema, settings) }
    case 'staticConfig':
      return { case: 'staticConfig', value: fromJson(connections.StaticAuthConfigSchema, settings) }
    case 'webauthnConfig':
      return { case: 'webauthnConfig', value: fromJson(connections.WebAuthConfigurationSchema, settings) }
    case 'googleDwdConfig': {
      const { serviceAccountJson, ...shown } = settings
      return { case: 'googleDwdConfig', value: fromJson(connections.GoogleDWDConfigSchema, shown) }
    }
    default:
      return { case: undefined }
  }
}

/** What a SAML identity provider is told about us, and what it told about itself. */
function samlOf(
  row: ConnectionRow,
  settings: ConnectionData['settings'],
  baseUrl: string,
): MessageInitShape<typeof connections.SAMLConnectionConfigResponseSchema> {
  const { idpCertificate, spEntityId, spAssertionUrl, spSloUrl, ...shared } = settings
  const config = fromJson(connections.SAMLConnectionConfigResponseSchema, {
    allowIdpInitiatedLogin: true,
    ...shared,
  })
  const text = typeof idpCertificate === 'string' ? idpCertificate : ''
  const { certificates = [] } = readCertificates(text)
  const us = samlServiceProvider(baseUrl, row)
  return {
    ...config,
    spEntityId: us.entityId,
    spAssertionUrl: us.assertionUrl,
    spMetadataUrl: us.metadataUrl,
    idpCertificates: certificates.map(toCertificate),
  }
}

function toCertificate(certificate: X509Certificate) {
  const { fingerprint256, issuer, validFrom, validTo } = certificate
  return create(connections.IDPCertificateSchema, {
    id: fingerprint256.replaceAll(':', '').slice(0, 16).toLowerCase(),
    certificate: certificate.toString(),
    issuer,
    createTime: timestampFromDate(new Date(validFrom)),
    expiryTime: timestampFromDate(new Date(validTo)),
  })
}
