import { type DescMessage, type MessageShape, toJson } from '@bufbuild/protobuf'
import { connections } from '@scalekit-mcp/api'
import type { ConnectionFields, NewConnection } from '../../domain/connections/connection-changes.js'
import type { JsonObject, SettingsCase } from '../../domain/connections/connection-data.js'
import type { SentSettings } from '../../domain/connections/connection-settings.js'

const SCHEMAS: Readonly<Record<SettingsCase, DescMessage>> = {
  oidcConfig: connections.OIDCConnectionConfigSchema,
  samlConfig: connections.SAMLConnectionConfigRequestSchema,
  oauthConfig: connections.OAuthConnectionConfigSchema,
  passwordlessConfig: connections.PasswordLessConfigSchema,
  staticConfig: connections.StaticAuthConfigSchema,
  webauthnConfig: connections.WebAuthConfigurationSchema,
  googleDwdConfig: connections.GoogleDWDConfigSchema,
}

/** A connection that a request wants to be made. */
export function newConnection(message: connections.CreateConnection): NewConnection {
  const { keyId, providerKey } = message
  return { ...kindOf(message), keyId, providerKey }
}

/** What a request says about a connection. */
export function connectionFields(message: connections.UpdateConnection): ConnectionFields {
  const { keyId, providerKey, uiButtonTitle, debugEnabled, attributeMapping } = message
  const configuration = connections.ConfigurationType[message.configurationType]
  return {
    ...kindOf(message),
    ...{ keyId, providerKey, uiButtonTitle, debugEnabled, attributeMapping },
    configurationType:
      configuration === 'DISCOVERY' || configuration === 'MANUAL' ? configuration : undefined,
    settings: sentSettings(message.settings),
  }
}

function kindOf({ type, provider }: connections.CreateConnection | connections.UpdateConnection) {
  return {
    type: type === 0 ? undefined : typeName(type),
    provider: provider === 0 ? undefined : connections.ConnectionProvider[provider],
  }
}

function sentSettings(sent: connections.UpdateConnection['settings']): SentSettings | undefined {
  if (sent.case === undefined) return undefined
  return { case: sent.case, value: plain(SCHEMAS[sent.case], sent.value) }
}

function plain<Desc extends DescMessage>(desc: Desc, message: MessageShape<DescMessage>): JsonObject {
  return toJson(desc, message as MessageShape<Desc>) as JsonObject
}

/** The name that a column holds for a type of the API. */
export function typeName(type: connections.ConnectionType): string | undefined {
  return connections.ConnectionType[type]
}
