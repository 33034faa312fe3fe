import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import { newId } from '../../storage/ids.js'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { alreadyExists, failedPrecondition, invalid, unimplemented } from '../domain-error.js'
import { environmentType } from '../environments/environment-type.js'
import {
  ConnectionData,
  type ConnectionScope,
  connectionData,
  findConnection,
  statusOf,
} from './connection-data.js'
import { changedSettings, type SentSettings } from './connection-settings.js'

/** Ways to sign in that no other provider has a part in. */
const OWN_TYPES = ['PASSWORD', 'PASSWORDLESS', 'WEBAUTHN']
const NO_PROVIDER = 'CONNECTION_PROVIDER_UNSPECIFIED'

/** What a connection is made of. The names of type and provider are those of the API. */
export interface NewConnection {
  /** Undefined when the request names none. */
  readonly type: string | undefined
  readonly provider?: string | undefined
  readonly providerKey?: string
  readonly keyId?: string
}

/** What a request can say about a connection; what it leaves out or empty stays. */
export interface ConnectionFields extends Partial<NewConnection> {
  readonly settings?: SentSettings | undefined
  readonly uiButtonTitle?: string | undefined
  readonly debugEnabled?: boolean | undefined
  readonly configurationType?: 'DISCOVERY' | 'MANUAL' | undefined
  readonly attributeMapping?: Record<string, string>
}

/**
 * Creates a connection: a draft until it is configured, and disabled until it is enabled.
 * @throws {DomainError} `invalid` without a type or with a provider that it cannot have, `already_exists` for a key that is taken
 */
export async function createConnection(
  db: Kysely<Schema>,
  scope: ConnectionScope,
  now: number,
  message: NewConnection,
  isApp: boolean,
): Promise<ConnectionRow> {
  const { type } = message
  if (type === undefined) {
    throw invalid('connection.type: must be given', [
      { field: 'connection.type', description: 'must be given' },
    ])
  }
  if (OWN_TYPES.includes(type) && ![undefined, 'SCALEKIT'].includes(message.provider)) {
    const field = 'connection.provider'
    throw invalid(`${field}: a connection of the type ${type} is with SCALEKIT`, [
      { field, description: `must be SCALEKIT for the type ${type}` },
    ])
  }
  const provider = message.provider ?? NO_PROVIDER
  const key = message.providerKey || (message.provider ?? '')
  const data = JSON.stringify(ConnectionData.parse({ provider_key: key, is_app: isApp }))
  const row: ConnectionRow = {
    id: newId('conn'),
    environment_id: scope.environment,
    organization_id: scope.organization,
    type,
    provider,
    key_id: message.keyId || `${(key || type).toLowerCase()}-${randomBytes(4).toString('hex')}`,
    status: statusOf({ type, provider, data }),
    enabled: 0,
    data,
    created_at: now,
    updated_at: now,
  }
  await refuseTakenKey(db, row)
  await db.insertInto('connections').values(row).execute()
  return row
}

/**
 * Changes what is given. A connection that is no longer configured is disabled.
 * @throws {DomainError} `not_found`, `invalid` for settings, `already_exists` for a key that is taken
 */
export async function updateConnection(
  db: Kysely<Schema>,
  scope: ConnectionScope,
  now: number,
  id: string,
  message: ConnectionFields,
): Promise<ConnectionRow> {
  const before = await findConnection(db, scope, id)
  const data = connectionData(before)
  const type = message.type ?? before.type
  const environment = await environmentType(db, scope.environment)
  refuseSignInScopes(data, message.settings)
  const settings = changedSettings({ ...before, type }, data, message.settings, environment)
  const mapping = message.attributeMapping ?? {}
  const changed = ConnectionData.parse({
    ...data,
    ...settings,
    ...(message.providerKey && { provider_key: message.providerKey }),
    ...(message.uiButtonTitle !== undefined && { ui_button_title: message.uiButtonTitle }),
    ...(message.debugEnabled !== undefined && { debug_enabled: message.debugEnabled }),
    ...(message.configurationType && { configuration_type: message.configurationType }),
    ...(Object.keys(mapping).length > 0 && { attribute_mapping: mapping }),
  })
  const row: ConnectionRow = {
    ...before,
    type,
    provider: message.provider ?? before.provider,
    key_id: message.keyId || before.key_id,
    data: JSON.stringify(changed),
    updated_at: now,
  }
  const status = statusOf(row)
  const updated = { ...row, status, enabled: status === 'COMPLETED' ? row.enabled : 0 }
  await refuseTakenKey(db, updated)
  await db.updateTable('connections').set(updated).where('id', '=', id).execute()
  return updated
}

/** @throws {DomainError} `not_found`, `failed_precondition` for a connection that is not configured yet */
export async function toggleConnection(
  db: Kysely<Schema>,
  scope: ConnectionScope,
  now: number,
  id: string,
  enabled: boolean,
): Promise<{ enabled: boolean }> {
  const row = await findConnection(db, scope, id)
  if (enabled && row.status !== 'COMPLETED') {
    throw failedPrecondition(
      `The connection ${id} is not configured (${row.status}): give it its settings, then enable it`,
    )
  }
  await db
    .updateTable('connections')
    .set({ enabled: Number(enabled), updated_at: now })
    .where('id', '=', id)
    .execute()
  return { enabled }
}

/** Scopes are what users of an agent consent to. A sign-in asks the simulated provider for who signs in, and for nothing else. */
function refuseSignInScopes({ is_app }: ConnectionData, sent: SentSettings | undefined): void {
  const { scopes } = sent?.value ?? {}
  if (is_app || sent?.case !== 'oauthConfig' || !Array.isArray(scopes) || scopes.length === 0) return
  throw unimplemented('connection.oauth_config.scopes', 'only connections for agents ask for scopes')
}

async function refuseTakenKey(
  db: Kysely<Schema>,
  { id, environment_id, key_id }: ConnectionRow,
): Promise<void> {
  const taken = await db
    .selectFrom('connections')
    .select('id')
    .where('environment_id', '=', environment_id)
    .where('key_id', '=', key_id)
    .where('id', '!=', id)
    .executeTakeFirst()
  if (taken) throw alreadyExists(`The connection ${taken.id} has the name ${key_id}`)
}
