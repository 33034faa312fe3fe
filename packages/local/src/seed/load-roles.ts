import type { Kysely } from 'kysely'
import { insertRows } from '../storage/insert-rows.js'
import { LocalError } from '../storage/local-error.js'
import type { Schema } from '../storage/schema.js'
import type { ParsedSeed } from './schema.js'
import type { Stamp } from './stamp.js'

type Environment = ParsedSeed['environments'][number]

/** Writes permissions, roles and which role has which. Throws a `LocalError` for a permission that is not listed. */
export async function loadRoles(db: Kysely<Schema>, environment: Environment, stamp: Stamp): Promise<void> {
  const environment_id = environment.id
  const permissions = environment.permissions.map((permission) => {
    const { id, name, description } = permission
    return { id, environment_id, name, description, ...stamp(permission) }
  })
  await insertRows(db, 'permissions', permissions)
  const roles = environment.roles.map((role) => {
    const { id, name, display_name, description, organization = null, extends: base = null } = role
    const row = { id, environment_id, organization_id: organization, name, display_name, description }
    const defaults = {
      default_creator: Number(role.default_creator),
      default_member: Number(role.default_member),
    }
    return { ...row, extends: base, ...defaults, ...stamp(role) }
  })
  await insertRows(db, 'roles', roles)
  const permissionIds = new Map(permissions.map(({ name, id }) => [name, id]))
  const granted = environment.roles.flatMap((role) =>
    role.permissions.map((permission) => {
      const permission_id = permissionIds.get(permission)
      if (permission_id !== undefined) return { role_id: role.id, permission_id }
      throw new LocalError(
        'seed_invalid',
        `The role ${role.name} has the permission ${permission}, which ${environment_id} does not list.`,
      )
    }),
  )
  await insertRows(db, 'role_permissions', granted)
}
