import type { Kysely } from 'kysely'
import { newId } from '../../storage/ids.js'
import type { ConnectedAccountRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { alreadyExists, invalid, notFound } from '../domain-error.js'
import { findOrganization } from '../organizations/organization-data.js'
import { findUser } from '../users/user-data.js'
import { type AccountSelector, ConnectedAccountData, connectedAccountData } from './connected-account-data.js'

/** What a request says about an account: what it is authorized by, as JSON of the API, and which form that has. */
export interface AccountFields {
  readonly details?:
    | { readonly case: string; readonly value: NonNullable<ConnectedAccountData['details']> }
    | undefined
  readonly apiConfig?: ConnectedAccountData['api_config']
}

const OAUTH: readonly string[] = ['OAUTH', 'OAUTH_M2M', 'SMART_FHIR']
const CASES: Readonly<Record<string, string>> = { GOOGLE_DWD: 'googleDwd', TRUSTED_IDP: 'trustedIdp' }

/**
 * Creates an account at a connection: active with what it is authorized by, and waiting for it without.
 * @throws {DomainError} `not_found` for the connection, organization or user; `already_exists`; `invalid`
 */
export async function createAccount(
  db: Kysely<Schema>,
  environment: string,
  now: number,
  by: AccountSelector,
  fields: AccountFields,
): Promise<ConnectedAccountRow> {
  const identifier = by.identifier || by.userId || by.organizationId
  if (!by.connector || !identifier) {
    throw invalid('connector and identifier are required')
  }
  const connection = await db
    .selectFrom('connections')
    .select(['id', 'type'])
    .where('environment_id', '=', environment)
    .where('organization_id', 'is', null)
    .where('key_id', '=', by.connector)
    .executeTakeFirst()
  if (!connection) throw notFound(`There is no connection named ${by.connector}`)
  if (by.organizationId) await findOrganization(db, environment, { id: by.organizationId })
  if (by.userId) await findUser(db, environment, { id: by.userId })
  const taken = await db
    .selectFrom('connected_accounts')
    .select('id')
    .where('connection_id', '=', connection.id)
    .where('identifier', '=', identifier)
    .executeTakeFirst()
  if (taken) throw alreadyExists(`${identifier} has the account ${taken.id} at ${by.connector}`)
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
 * @throws {DomainError} `invalid` for what the connection is not authorized by
 */
export function changedAccount(
  row: ConnectedAccountRow,
  type: string,
  now: number,
  { details: sent, apiConfig }: AccountFields,
): ConnectedAccountRow {
  const wanted = OAUTH.includes(type) ? 'oauthToken' : (CASES[type] ?? 'staticAuth')
  if (sent !== undefined && sent.case !== wanted) {
    const name = wanted.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    throw invalid(`A connection of the type ${type} is authorized by ${name}`, [
      { field: 'connected_account.authorization_details', description: `must be ${name}` },
    ])
  }
  const data = ConnectedAccountData.parse({
    ...connectedAccountData(row),
    ...(sent && { details: sent.value }),
    ...(apiConfig && { api_config: apiConfig }),
  })
  return {
    ...row,
    status: sent === undefined ? row.status : 'ACTIVE',
    data: JSON.stringify(data),
    updated_at: now,
  }
}
