import type { ConnectionRow } from '../../storage/registry-schema.js'
import { connectionData } from '../connections/connection-data.js'
import type { DataStore } from '../store.js'
import type { AssertedIdentity } from './asserted-identity.js'
import { type ExternalIdentity, userData } from './user-data.js'

/** Notes who a user is at the identity provider of a connection. It is no change of the user: `updated_at` stays. */
export async function noteExternalIdentity(
  { database, clock }: DataStore,
  connection: ConnectionRow,
  user: string,
  { sub }: Pick<AssertedIdentity, 'sub'>,
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
    }
    const external_identities = [...known.filter((one) => one !== before), identity]
    await db
      .updateTable('users')
      .set({ data: JSON.stringify({ ...data, external_identities }) })
      .where('id', '=', user)
      .execute()
  })
}
