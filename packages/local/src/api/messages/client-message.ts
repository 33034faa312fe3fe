import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { clients } from '@scalekit-mcp/api'
import { clientData } from '../../domain/clients/client-data.js'
import { DEFAULT_EXPIRY, m2mClientData } from '../../domain/clients/m2m-client-data.js'
import { readSecrets, type StoredSecret } from '../../domain/clients/secrets.js'
import type { M2mClientRow } from '../../storage/registry-schema.js'
import type { ClientRow } from '../../storage/schema.js'

export function toClient(row: ClientRow): MessageInitShape<typeof clients.ClientSchema> {
  const data = clientData(row)
  return {
    id: row.id,
    keyId: row.id,
    createTime: timestampFromMs(row.created_at),
    updateTime: timestampFromMs(row.updated_at),
    secrets: readSecrets(row).map(toClientSecret),
    clientType: row.client_type,
    name: data.name,
    postLoginUris: data.post_login_uris,
    postLogoutRedirectUris: data.post_logout_redirect_uris,
    backChannelLogoutUris: data.back_channel_logout_uris,
    initiateLoginUri: data.initiate_login_uri,
    scopes: data.scopes,
    customClaims: data.custom_claims,
    disallowScalekitApiAccess: data.disallow_scalekit_api_access,
    grantTypes: data.grant_types,
    enforcePkce: data.enforce_pkce,
    ...(data.access_token_expiry !== undefined && { accessTokenExpiry: BigInt(data.access_token_expiry) }),
  }
}

export function toM2mClient(row: M2mClientRow): MessageInitShape<typeof clients.M2MClientSchema> {
  const data = m2mClientData(row)
  return {
    clientId: row.id,
    secrets: readSecrets(row).map(toClientSecret),
    name: data.name,
    description: data.description,
    organizationId: row.organization_id ?? '',
    resourceId: row.resource_id ?? '',
    createTime: timestampFromMs(row.created_at),
    updateTime: timestampFromMs(row.updated_at),
    scopes: data.scopes,
    audience: data.audience,
    customClaims: data.custom_claims,
    expiry: BigInt(data.expiry ?? DEFAULT_EXPIRY),
    redirectUris: data.redirect_uris,
  }
}

export function toClientSecret(secret: StoredSecret): MessageInitShape<typeof clients.ClientSecretSchema> {
  return {
    id: secret.id,
    createTime: timestampFromMs(secret.created_at),
    updateTime: timestampFromMs(secret.created_at),
    secretSuffix: secret.suffix,
    status: clients.ClientSecretStatus[secret.status],
  }
}
