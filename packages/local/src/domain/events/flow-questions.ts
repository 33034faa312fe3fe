import type { Kysely } from 'kysely'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import type { Schema, UserRow } from '../../storage/schema.js'
import { userData } from '../users/user-data.js'

/** The connection that somebody comes through. */
export function connectionDetails({ id, type, provider }: Pick<ConnectionRow, 'id' | 'type' | 'provider'>) {
  return [{ id, type, provider }]
}

/** A user and their organizations, as applications are told. */
export async function describeUser(db: Kysely<Schema>, user: UserRow) {
  const memberships = await db
    .selectFrom('memberships')
    .innerJoin('organizations', 'organizations.id', 'memberships.organization_id')
    .select(['organizations.id', 'organizations.display_name', 'memberships.status', 'memberships.roles'])
    .where('memberships.user_id', '=', user.id)
    .orderBy('memberships.created_at')
    .orderBy('organizations.id')
    .execute()
  const { user_profile, metadata } = userData(user)
  const { name, first_name, last_name } = user_profile
  return {
    id: user.id,
    email: user.email,
    email_verified: true,
    ...{ name: name ?? '', given_name: first_name ?? '', family_name: last_name ?? '' },
    ...(user.external_id !== null && { external_id: user.external_id }),
    metadata,
    created_at: new Date(user.created_at).toISOString(),
    updated_at: new Date(user.updated_at).toISOString(),
    memberships: memberships.map(({ id, display_name, status, roles }) => ({
      organization_id: id,
      display_name,
      status,
      roles: JSON.parse(roles) as unknown,
    })),
  }
}
