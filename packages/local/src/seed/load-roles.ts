import type { Kysely } from 'kysely'
import type { Schema } from '../engine/schema.js'
import { LocalError } from '../local-error.js'
import type { ParsedSeed } from './schema.js'
import type { Stamp } from './stamp.js'

type Environment = ParsedSeed['environments'][number]

/** Writes permissions, roles and which role has which. Throws a `LocalError` for a permission that is not listed. */
export async function loadRoles(db: Kysely<Schema>, environment: Environment, stamp: Stamp): Promise<void> {
  const environment_id = environment.id
  for (const permission of environment.permissions) {
    const { id, name, description } = permission
    await db
      .insertInto('permissions')
      .values({ id, environment_id, name, description, ...stamp(permission) })
      .execute()
  }
  const permissionIds = new Map(environment.permissions.map(({ name, id }) => [name, id]))
  for (const role of environment.roles) {
    const { id, name, display_name, description, organization = null, extends: base = null } = role
    await db
      .insertInto('roles')
      .values({
        ...{
          id,
          environment_id,
          organization_id: organization,
          name,
          display_name,
          description,
          extends: base,
        },
        default_creator: Number(role.default_creator),
        default_member: Number(role.default_member),
        ...stamp(role),
      })
      .execute()
    for (const granted of role.permissions) {
      const permission_id = permissionIds.get(granted)
      if (permission_id === undefined) {
        throw new LocalError(
          'seed_invalid',
          `The role ${name} has the permission ${granted}, which ${environment_id} does not list.`,
        )
      }
      await db.insertInto('role_permissions').values({ role_id: id, permission_id }).execute()
    }
  }
}
