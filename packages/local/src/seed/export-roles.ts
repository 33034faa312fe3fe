import type { Kysely } from 'kysely'
import type { Schema } from '../engine/schema.js'
import { present, stamps } from './export-row.js'

/** The permissions and roles of an environment, as a seed writes them. */
export async function exportRoles(db: Kysely<Schema>, environment: string) {
  const permissions = await db
    .selectFrom('permissions')
    .selectAll()
    .where('environment_id', '=', environment)
    .orderBy('id')
    .execute()
  const roles = await db
    .selectFrom('roles')
    .selectAll()
    .where('environment_id', '=', environment)
    .orderBy('id')
    .execute()
  const granted = await db
    .selectFrom('role_permissions')
    .innerJoin('permissions', 'permissions.id', 'role_permissions.permission_id')
    .select(['role_permissions.role_id', 'permissions.name'])
    .where('permissions.environment_id', '=', environment)
    .orderBy('permissions.name')
    .execute()
  return {
    permissions: permissions.map(({ id, name, description, ...row }) => ({
      id,
      name,
      description,
      ...stamps(row),
    })),
    roles: roles.map(({ id, name, display_name, description, organization_id, extends: base, ...row }) => ({
      ...present({ id, name, display_name, description, organization: organization_id, extends: base }),
      default_creator: Boolean(row.default_creator),
      default_member: Boolean(row.default_member),
      permissions: granted.filter(({ role_id }) => role_id === id).map((permission) => permission.name),
      ...stamps(row),
    })),
  }
}
