import { fromJson, type JsonObject, type MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Code } from '@connectrpc/connect'
import { apiError, connectedAccounts } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { ConnectedAccountRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { connectionData, enumOf } from '../connections/connection-data.js'

/** What a connected account has beside its columns. `details`: tokens or keys, as JSON of their message. */
export const ConnectedAccountData = z.object({
  details: z.record(z.string(), z.json()).optional(),
  api_config: z.record(z.string(), z.json()).optional(),
})
export type ConnectedAccountData = z.infer<typeof ConnectedAccountData>

/** An account with what its connection says about it. */
export type NamedAccount = ConnectedAccountRow & {
  readonly connector: string
  readonly connection_type: string
  readonly connection_data: string
}

/** How a request names an account: by its id, or by the connection's name and whose it is. */
export interface AccountSelector {
  readonly id?: string | undefined
  readonly connector?: string | undefined
  readonly identifier?: string | undefined
  readonly organizationId?: string | undefined
  readonly userId?: string | undefined
}

export function accountsOf(db: Kysely<Schema>, environment: string) {
  return db
    .selectFrom('connected_accounts')
    .innerJoin('connections', 'connections.id', 'connected_accounts.connection_id')
    .where('connected_accounts.environment_id', '=', environment)
}

export const withConnection = (query: ReturnType<typeof accountsOf>) =>
  query
    .selectAll('connected_accounts')
    .select([
      'connections.key_id as connector',
      'connections.type as connection_type',
      'connections.data as connection_data',
    ])

/** @throws {ConnectError} InvalidArgument when nothing is named, NotFound */
export async function findAccount(
  db: Kysely<Schema>,
  environment: string,
  by: AccountSelector,
): Promise<NamedAccount> {
  const whose = by.identifier || by.userId || by.organizationId
  if (!by.id && !(by.connector && whose)) {
    throw apiError(Code.InvalidArgument, 'Name the connected account: id, or connector and identifier')
  }
  let query = withConnection(accountsOf(db, environment))
  if (by.id) query = query.where('connected_accounts.id', '=', by.id)
  if (by.connector) query = query.where('connections.key_id', '=', by.connector)
  if (by.identifier) query = query.where('connected_accounts.identifier', '=', by.identifier)
  if (by.userId) query = query.where('connected_accounts.user_id', '=', by.userId)
  if (by.organizationId) query = query.where('connected_accounts.organization_id', '=', by.organizationId)
  const row = await query.executeTakeFirst()
  if (row) return row
  throw apiError(Code.NotFound, `There is no connected account ${by.id || `${whose} of ${by.connector}`}`)
}

export function connectedAccountData(row: ConnectedAccountRow): ConnectedAccountData {
  return ConnectedAccountData.parse(JSON.parse(row.data))
}

/** Without tokens and keys. */
export function toListedAccount(row: NamedAccount) {
  return {
    id: row.id,
    identifier: row.identifier,
    provider: connectionData({ data: row.connection_data }).provider_key,
    status: connectedAccounts.ConnectorStatus[row.status],
    authorizationType: authorizationType(row.connection_type),
    connector: row.connector,
    connectionId: row.connection_id,
    updatedAt: timestampFromMs(row.updated_at),
  }
}

/** `secrets`: whether the answer may hold tokens and keys; one method of the API gives them. */
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
