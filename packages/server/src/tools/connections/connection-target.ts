import type { connections } from '@scalekit-mcp/api'
import type { Target, ToolContext } from '../../tool.js'
import type { OidcSettings, OrganizationSettings, WhichConnection } from './connection-input.js'
import { readConnection } from './connections-of.js'

/** What a person confirms about a connection that exists: they type its name and see which identity provider it trusts. */
export async function connectionTarget(args: WhichConnection, { scalekit }: ToolContext): Promise<Target> {
  return targetOf(await readConnection(scalekit, args))
}

/** The same for a connection that is read already. */
export function targetOf(connection: connections.Connection): Target {
  return {
    id: connection.id,
    name: connection.keyId || connection.id,
    organizationId: connection.organizationId || undefined,
    changes: trusted(connection),
  }
}

/** The settings that decide whose assertions are believed. The secret is not shown. */
export function oidcChanges(settings: OidcSettings): NonNullable<Target['changes']> {
  return {
    Issuer: settings.issuer,
    'Discovery endpoint': settings.discoveryEndpoint,
    'Authorization endpoint': settings.authorizeUri,
    'Token endpoint': settings.tokenUri,
    'User info endpoint': settings.userInfoUri,
    Keys: settings.jwksUri,
    'Client ID': settings.clientId,
    'Client secret': settings.clientSecret === undefined ? undefined : 'a new one',
    Scopes: settings.scopes,
  }
}

/** The same for a connection of an organization, of either type. */
export function settingsChanges(settings: OrganizationSettings): NonNullable<Target['changes']> {
  return {
    ...oidcChanges(settings),
    Metadata: settings.idpMetadataUrl,
    'Identity provider': settings.idpEntityId,
    'Sign-on URL': settings.idpSignOnUrl,
    Certificate: settings.idpCertificate === undefined ? undefined : 'a new one',
    'Name ID format': settings.nameIdFormat,
    'Create users at sign-in': settings.jitProvisioning,
    'Update profiles at sign-in': settings.syncProfile,
  }
}

function trusted({ settings }: connections.Connection): NonNullable<Target['changes']> {
  switch (settings.case) {
    case 'oidcConfig':
      return {
        Issuer: settings.value.issuer,
        'Discovery endpoint': settings.value.discoveryEndpoint,
        'Authorization endpoint': settings.value.authorizeUri,
        'Token endpoint': settings.value.tokenUri,
        'User info endpoint': settings.value.userInfoUri,
        Keys: settings.value.jwksUri,
        'Client ID': settings.value.clientId,
      }
    case 'samlConfig':
      return {
        'Identity provider': settings.value.idpEntityId,
        'Sign-in URL': settings.value.idpSsoUrl,
        Metadata: settings.value.idpMetadataUrl,
      }
    case 'oauthConfig':
      return {
        'Authorization endpoint': settings.value.authorizeUri,
        'Token endpoint': settings.value.tokenUri,
        'User info endpoint': settings.value.userInfoUri,
        'Client ID': settings.value.clientId,
      }
    default:
      return {}
  }
}
