import type { Kysely } from 'kysely'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import type { DataStore } from '../store.js'
import type { AssertedIdentity } from './asserted-identity.js'
import { userData } from './user-data.js'

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

/** Keeps what an identity provider said at the last sign-in. It is no change of the user: `updated_at` stays. */
export async function noteProviderAttributes(
  { database }: DataStore,
  connection: Pick<ConnectionRow, 'id'>,
  user: string,
  { raw }: Pick<AssertedIdentity, 'raw'>,
): Promise<void> {
  await database.transaction(async (db) => {
    const row = await db.selectFrom('users').selectAll().where('id', '=', user).executeTakeFirst()
    if (row === undefined) return
    const data = userData(row)
    const provider_attributes = { ...data.provider_attributes, [connection.id]: raw }
    await db
      .updateTable('users')
      .set({ data: JSON.stringify({ ...data, provider_attributes }) })
      .where('id', '=', user)
      .execute()
  })
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
  const { metadata, provider_attributes = {} } = userData(row)
  const known = connections.filter((id) => provider_attributes[id] !== undefined)
  const rows =
    known.length === 0
      ? []
      : await db.selectFrom('connections').selectAll().where('id', 'in', known).orderBy('id').execute()
  const identities = rows.map(({ id, organization_id, type, provider }) => ({
    connection_id: id,
    organization_id: organization_id ?? '',
    connection_type: type,
    provider_name: provider,
    social: organization_id === null,
    provider_raw_attributes: provider_attributes[id] ?? {},
  }))
  return {
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(identities.length > 0 && { identities }),
  }
}
