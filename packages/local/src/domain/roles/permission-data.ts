import type { Kysely } from 'kysely'
import type { PermissionRow, Schema } from '../../storage/schema.js'
import { notFound } from '../domain-error.js'

/** @throws {DomainError} `not_found` for the first name that is no permission of the environment */
export async function findPermissions(
  db: Kysely<Schema>,
  environment: string,
  names: readonly string[],
): Promise<PermissionRow[]> {
  if (names.length === 0) return []
  const found = await db
    .selectFrom('permissions')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('name', 'in', [...names])
    .execute()
  const missing = names.find((name) => !found.some((row) => row.name === name))
  if (missing !== undefined) throw notFound(`There is no permission ${missing} in this environment`)
  return found
}

export async function addPermissions(
  db: Kysely<Schema>,
  roleId: string,
  permissions: readonly PermissionRow[],
): Promise<void> {
  if (permissions.length === 0) return
  await db
    .insertInto('role_permissions')
    .values(permissions.map(({ id }) => ({ role_id: roleId, permission_id: id })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export async function replacePermissions(
  db: Kysely<Schema>,
  roleId: string,
  permissions: readonly PermissionRow[],
): Promise<void> {
  await db.deleteFrom('role_permissions').where('role_id', '=', roleId).execute()
  await addPermissions(db, roleId, permissions)
}
