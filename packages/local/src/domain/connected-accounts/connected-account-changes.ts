import type { Kysely } from 'kysely'
import type { Clock } from '../../storage/clock.js'
import { newId } from '../../storage/ids.js'
import type { ConnectedAccountRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { alreadyExists, invalid } from '../domain-error.js'
import { findOrganization } from '../organizations/organization-data.js'
import { findUser } from '../users/user-data.js'
import { noteAccountEvent } from './account-events.js'
import {
  type AccountSelector,
  ConnectedAccountData,
  connectedAccountData,
  findAccount,
  type NamedAccount,
  namedConnection,
} from './connected-account-data.js'
import { credentialsOf, isUsable } from './credentials.js'
import { saveAccount } from './save-account.js'

/** What a request says about an account: what it is authorized by, as JSON of the API, and which form that has. */
export interface AccountFields {
  readonly details?:
    | { readonly case: string; readonly value: NonNullable<ConnectedAccountData['details']> }
    | undefined
  readonly apiConfig?: ConnectedAccountData['api_config']
}

const OAUTH: readonly string[] = ['OAUTH', 'OAUTH_M2M', 'SMART_FHIR']
const CASES: Readonly<Record<string, string>> = { GOOGLE_DWD: 'googleDwd', TRUSTED_IDP: 'trustedIdp' }

/** The form of the details that authorize an account at a connection of this type, by the names of the API. */
export function detailsCase(type: string): string {
  return OAUTH.includes(type) ? 'oauthToken' : (CASES[type] ?? 'staticAuth')
}

/**
 * Creates an account at a connection: active with what it is authorized by, and waiting for it without.
 * @throws {DomainError} `not_found` for the connection, organization or user; `already_exists`; `invalid`
 */
export async function createAccount(
  db: Kysely<Schema>,
  environment: string,
  clock: Clock,
  by: AccountSelector,
  fields: AccountFields,
): Promise<NamedAccount> {
  const identifier = by.identifier || by.userId || by.organizationId
  if (!by.connector || !identifier) {
    throw invalid('connector and identifier are required')
  }
  const connection = await namedConnection(db, environment, by.connector)
  if (by.organizationId) await findOrganization(db, environment, { id: by.organizationId })
  if (by.userId) await findUser(db, environment, { id: by.userId })
  const taken = await db
    .selectFrom('connected_accounts')
    .select('id')
    .where('connection_id', '=', connection.id)
    .where('identifier', '=', identifier)
    .executeTakeFirst()
  if (taken) throw alreadyExists(`${identifier} has the account ${taken.id} at ${by.connector}`)
  const now = clock.now()
  const row: ConnectedAccountRow = {
    id: newId('ca'),
    environment_id: environment,
    connection_id: connection.id,
    identifier,
    organization_id: by.organizationId || null,
    user_id: by.userId || null,
    last_used_at: null,
    data: '{}',
    created_at: now,
    updated_at: now,
    status: connection.type === 'NO_AUTH' ? 'ACTIVE' : 'PENDING_AUTH',
  }
  const changes = changed(row, connection.type, fields)
  await db
    .insertInto('connected_accounts')
    .values({ ...row, ...changes })
    .execute()
  const created = await findAccount(db, environment, { id: row.id })
  await noteAccountEvent(db, clock, 'created', created)
  return created
}

/**
 * Changes the fields of the request: credentials replace the earlier ones, and settings are merged key by key.
 * @throws {DomainError} `invalid` for what the connection is not authorized by
 */
export function updateAccount(
  db: Kysely<Schema>,
  clock: Clock,
  account: NamedAccount,
  fields: AccountFields,
): Promise<NamedAccount> {
  return saveAccount(db, clock, account, changed(account, account.connection_type, fields))
}

/** Takes the credentials from an account, which stays. */
export function disconnectAccount(
  db: Kysely<Schema>,
  clock: Clock,
  account: NamedAccount,
): Promise<NamedAccount> {
  const { details: _, pending: __, token_expires_at: ___, ...data } = connectedAccountData(account)
  return saveAccount(db, clock, account, { status: 'DISCONNECTED', data: JSON.stringify(data) })
}

export async function deleteAccount(db: Kysely<Schema>, clock: Clock, account: NamedAccount): Promise<void> {
  await db.deleteFrom('connected_accounts').where('id', '=', account.id).execute()
  await noteAccountEvent(db, clock, 'deleted', account)
}

function changed(
  row: ConnectedAccountRow,
  type: string,
  { details: sent, apiConfig }: AccountFields,
): Pick<ConnectedAccountRow, 'status' | 'data'> {
  // The official SDKs send an empty OAuth token where an application has no credentials, whatever the connection.
  const details = sent && isUsable(sent.value) ? sent : undefined
  const wanted = detailsCase(type)
  if (details !== undefined && details.case !== wanted) {
    const name = wanted.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    throw invalid(`A connection of the type ${type} is authorized by ${name}`, [
      { field: 'connected_account.authorization_details', description: `must be ${name}` },
    ])
  }
  const { pending, token_expires_at, ...before } = connectedAccountData(row)
  const data = ConnectedAccountData.parse({
    ...before,
    ...(details ? { details: ownDetails(details.value) } : { pending, token_expires_at }),
    ...(apiConfig && { api_config: { ...before.api_config, ...apiConfig } }),
  })
  return { status: details === undefined ? row.status : 'ACTIVE', data: JSON.stringify(data) }
}

/** Without the fields that only answers have, such as a token that a service account got. */
function ownDetails(value: NonNullable<ConnectedAccountData['details']>) {
  const { googleDwd, trustedIdp } = credentialsOf(value)
  if (googleDwd) return { googleDwd: { subject: googleDwd.subject } }
  return trustedIdp ? { trustedIdp } : value
}
