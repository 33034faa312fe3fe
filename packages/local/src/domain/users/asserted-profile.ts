import type { ConnectionRow } from '../../storage/registry-schema.js'
import { connectionData } from '../connections/connection-data.js'
import type { Store } from '../store.js'
import type { AssertedIdentity } from './asserted-identity.js'
import { UserData, type UserProfile, userData } from './user-data.js'

/** What an identity provider says of a profile; where it says a name in parts only, the full name follows them. */
export function assertedProfile(identity: Partial<AssertedIdentity>): Partial<UserProfile> {
  const { name, given_name: first_name, family_name: last_name, picture, locale, groups } = identity
  const { gender, phone_number, preferred_username } = identity
  const given = {
    ...{ name, first_name, last_name, picture, locale, groups },
    ...{ gender, phone_number, preferred_username },
  }
  const renamed = name === undefined && (first_name ?? last_name) !== undefined
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ...(renamed && { name: undefined }),
  }
}

/** Custom attributes are those of the last sign-in; the rest of a profile follows where the connection syncs it. */
export async function followProfile(
  { database, clock }: Store,
  connection: ConnectionRow,
  id: string,
  identity: AssertedIdentity,
): Promise<void> {
  await database.transaction(async (db) => {
    const user = await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    const data = userData(user)
    const { syncUserProfileOnLogin } = connectionData(connection).settings
    const synced = syncUserProfileOnLogin === true ? assertedProfile(identity) : {}
    const custom_attributes = { ...data.user_profile.custom_attributes, ...identity.custom }
    const profile = { ...data.user_profile, ...synced, custom_attributes }
    const changed = JSON.stringify(UserData.parse({ ...data, user_profile: profile }))
    if (changed === JSON.stringify(data)) return
    await db
      .updateTable('users')
      .set({ data: changed, updated_at: clock.now() })
      .where('id', '=', id)
      .execute()
  })
}
