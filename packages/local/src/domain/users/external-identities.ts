import type { Kysely } from 'kysely'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { connectionData } from '../connections/connection-data.js'
import type { DataStore } from '../store.js'
import type { AssertedIdentity } from './asserted-identity.js'
import { type ExternalIdentity, userData } from './user-data.js'

/** Notes who a user is at the identity provider of a connection. It is no change of the user: `updated_at` stays. */
export async function noteExternalIdentity(
  { database, clock }: DataStore,
  connection: ConnectionRow,
  user: string,
  { sub, raw }: Pick<AssertedIdentity, 'sub' | 'raw'>,
): Promise<void> {
  await database.transaction(async (db) => {
    const row = await db.selectFrom('users').selectAll().where('id', '=', user).executeTakeFirst()
    if (row === undefined) return
    const data = userData(row)
    const { external_identities: known = [] } = data
    const before = known.find((one) => one.connection_id === connection.id && one.connection_user_id === sub)
    const now = clock.now()
    const isSynced = before === undefined || connectionData(connection).settings.syncUserProfileOnLogin
    const identity: ExternalIdentity = {
      connection_id: connection.id,
      connection_type: connection.type,
      connection_provider: connection.provider,
      connection_user_id: sub,
      is_social: connection.organization_id === null,
      created_at: before?.created_at ?? now,
      last_login_at: now,
      last_synced_at: isSynced ? now : before.last_synced_at,
      raw_attributes: raw,
    }
    const external_identities = [...known.filter((one) => one !== before), identity]
    await db
      .updateTable('users')
      .set({ data: JSON.stringify({ ...data, external_identities }) })
      .where('id', '=', user)
      .execute()
  })
}

/** Who a user is at an identity provider, as ID tokens say it. Source: Scalekit's documentation of user profiles. */
export interface ProviderIdentity {
  readonly connection_id: string
  /** Empty for a connection of the environment. */
  readonly organization_id: string
  readonly connection_type: string
  readonly provider_name: string
  readonly social: boolean
  readonly provider_raw_attributes: Readonly<Record<string, unknown>>
}

/** What ID tokens say of a user beyond the claims of OpenID Connect: only what there is. */
export async function metadataAndIdentities(
  db: Kysely<Schema>,
  environment: string,
  user: string,
  connections: readonly string[],
): Promise<{ metadata?: Record<string, string>; identities?: ProviderIdentity[] }> {
  const row = await db
    .selectFrom('users')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('id', '=', user)
    .executeTakeFirst()
  if (row === undefined) return {}
  const { metadata, external_identities = [] } = userData(row)
  // The latest one of each connection: somebody may have another name at the provider now.
  const known = new Map(external_identities.map((one) => [one.connection_id, one]))
  const ids = connections.filter((id) => known.has(id))
  const rows =
    ids.length === 0
      ? []
      : await db.selectFrom('connections').selectAll().where('id', 'in', ids).orderBy('id').execute()
  const identities = rows.map(({ id, organization_id, type, provider }) => ({
    connection_id: id,
    organization_id: organization_id ?? '',
    connection_type: type,
    provider_name: provider,
    social: organization_id === null,
    provider_raw_attributes: known.get(id)?.raw_attributes ?? {},
  }))
  return {
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(identities.length > 0 && { identities }),
  }
}
