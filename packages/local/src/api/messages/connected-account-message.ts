import { fromJson, type JsonObject, type MessageInitShape, toJson } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { connectedAccounts } from '@scalekit-mcp/api'
import type { AccountFields } from '../../domain/connected-accounts/connected-account-changes.js'
import {
  connectedAccountData,
  type NamedAccount,
} from '../../domain/connected-accounts/connected-account-data.js'
import { connectionData } from '../../domain/connections/connection-data.js'
import { enumOf } from './enum-of.js'

/** Without tokens and keys. */
export function toListedAccount(row: NamedAccount) {
  const { token_expires_at } = connectedAccountData(row)
  return {
    id: row.id,
    identifier: row.identifier,
    provider: connectionData({ data: row.connection_data }).provider_key,
    status: connectedAccounts.ConnectorStatus[row.status],
    authorizationType: authorizationType(row.connection_type),
    connector: row.connector,
    connectionId: row.connection_id,
    updatedAt: timestampFromMs(row.updated_at),
    ...(token_expires_at !== undefined && { tokenExpiresAt: timestampFromMs(token_expires_at) }),
    ...(row.last_used_at !== null && { lastUsedAt: timestampFromMs(row.last_used_at) }),
  }
}

/** `secrets`: whether the answer may hold tokens and keys. They are in the answers of create, update and auth. */
export function toAccount(
  row: NamedAccount,
  secrets: boolean,
): MessageInitShape<typeof connectedAccounts.ConnectedAccountSchema> {
  const { details, api_config } = connectedAccountData(row)
  return {
    ...toListedAccount(row),
    ...(api_config && { apiConfig: api_config as JsonObject }),
    ...(secrets &&
      details && {
        authorizationDetails: fromJson(connectedAccounts.AuthorizationDetailsSchema, details),
      }),
  }
}

function authorizationType(type: string): connectedAccounts.ConnectorType {
  const name = type === 'BEARER' ? 'BEARER_TOKEN' : type
  return enumOf(connectedAccounts.ConnectorType, name) ?? connectedAccounts.ConnectorType.CUSTOM
}

/** What a request says about an account. */
export function accountFields({
  authorizationDetails,
  apiConfig,
}: Pick<connectedAccounts.CreateConnectedAccount, 'authorizationDetails' | 'apiConfig'>): AccountFields {
  const form = authorizationDetails?.details.case
  const details =
    authorizationDetails && form
      ? {
          case: form,
          value: toJson(connectedAccounts.AuthorizationDetailsSchema, authorizationDetails) as JsonObject,
        }
      : undefined
  return { details, ...(apiConfig && { apiConfig }) }
}
