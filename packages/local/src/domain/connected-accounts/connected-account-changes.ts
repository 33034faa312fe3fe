import { toJson } from '@bufbuild/protobuf'
import { Code } from '@connectrpc/connect'
import { apiError, connectedAccounts } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { newId } from '../../storage/ids.js'
import type { ConnectedAccountRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { type AccountSelector, ConnectedAccountData, connectedAccountData } from './connected-account-data.js'
import { findOrganization } from '../organizations/organization-data.js'
import { findUser } from '../users/user-data.js'

type Fields = Pick<connectedAccounts.CreateConnectedAccount, 'authorizationDetails' | 'apiConfig'>

const OAUTH: readonly string[] = ['OAUTH', 'OAUTH_M2M', 'SMART_FHIR']
const CASES: Readonly<Record<string, string>> = { GOOGLE_DWD: 'googleDwd', TRUSTED_IDP: 'trustedIdp' }

/**
 * Creates an account at a connection: active with what it is authorized by, and waiting for it without.
 * @throws {ConnectError} NotFound for the connection, organization or user; AlreadyExists; InvalidArgument
 */
export async function createAccount(
  db: Kysely<Schema>,
  environment: string,
  now: number,
  by: AccountSelector,
  fields: Fields,
): Promise<ConnectedAccountRow> {
  const identifier = by.identifier || by.userId || by.organizationId
  if (!by.connector || !identifier) {
    throw apiError(Code.InvalidArgument, 'connector and identifier are required')
  }
  const connection = await db
    .selectFrom('connections')
    .select(['id', 'type'])
    .where('environment_id', '=', environment)
    .where('organization_id', 'is', null)
    .where('key_id', '=', by.connector)
    .executeTakeFirst()
  if (!connection) throw apiError(Code.NotFound, `There is no connection named ${by.connector}`)
  if (by.organizationId) await findOrganization(db, environment, { id: by.organizationId })
  if (by.userId) await findUser(db, environment, { id: by.userId })
  const taken = await db
    .selectFrom('connected_accounts')
    .select('id')
    .where('connection_id', '=', connection.id)
    .where('identifier', '=', identifier)
    .executeTakeFirst()
  if (taken)
    throw apiError(Code.AlreadyExists, `${identifier} has the account ${taken.id} at ${by.connector}`)
  const row: ConnectedAccountRow = {
    id: newId('ca'),
    environment_id: environment,
    connection_id: connection.id,
    identifier,
    organization_id: by.organizationId || null,
    user_id: by.userId || null,
    data: '{}',
    created_at: now,
    updated_at: now,
    status: connection.type === 'NO_AUTH' ? 'ACTIVE' : 'PENDING_AUTH',
  }
  const created = changedAccount(row, connection.type, now, fields)
  await db.insertInto('connected_accounts').values(created).execute()
  return created
}

/**
 * An account with what is given in place of its own.
 * @throws {ConnectError} InvalidArgument for what the connection is not authorized by
 */
export function changedAccount(
  row: ConnectedAccountRow,
  type: string,
  now: number,
  { authorizationDetails, apiConfig }: Fields,
): ConnectedAccountRow {
  const sent = authorizationDetails?.details.case
  const wanted = OAUTH.includes(type) ? 'oauthToken' : (CASES[type] ?? 'staticAuth')
  if (sent !== undefined && sent !== wanted) {
    const name = wanted.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    throw apiError(Code.InvalidArgument, `A connection of the type ${type} is authorized by ${name}`, {
      fieldViolations: [{ field: 'connected_account.authorization_details', description: `must be ${name}` }],
    })
  }
  const details =
    authorizationDetails && sent !== undefined
      ? toJson(connectedAccounts.AuthorizationDetailsSchema, authorizationDetails)
      : undefined
  const data = ConnectedAccountData.parse({
    ...connectedAccountData(row),
    ...(details !== undefined && { details }),
    ...(apiConfig && { api_config: apiConfig }),
  })
  return {
    ...row,
    status: details === undefined ? row.status : 'ACTIVE',
    data: JSON.stringify(data),
    updated_at: now,
  }
}
