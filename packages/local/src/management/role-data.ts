import { Code } from '@connectrpc/connect'
import { apiError } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import type { PermissionRow, RoleRow, Schema } from '../engine/schema.js'

/** Where a role lives: in an environment, or in one of its organizations. */
export interface RoleScope {
  readonly environment: string
  readonly organization: string | null
}

/** The roles that live in one scope. */
export function rolesIn(db: Kysely<Schema>, { environment, organization }: RoleScope) {
  const query = db.selectFrom('roles').where('environment_id', '=', environment)
  return organization === null
    ? query.where('organization_id', 'is', null)
    : query.where('organization_id', '=', organization)
}

/**
 * The roles that can be named in a scope: in an organization its own, and those of the environment whose
 * name it has not taken.
 */
export async function visibleRoles(
  db: Kysely<Schema>,
  { environment, organization }: RoleScope,
): Promise<RoleRow[]> {
  const shared = await rolesIn(db, { environment, organization: null }).selectAll().orderBy('id').execute()
  if (organization === null) return shared
  const own = await rolesIn(db, { environment, organization }).selectAll().orderBy('id').execute()
  return [...shared.filter(({ name }) => !own.some((role) => role.name === name)), ...own]
}

/** @throws {ConnectError} NotFound for a name that this scope has no role of its own for */
export async function findRole(db: Kysely<Schema>, scope: RoleScope, name: string): Promise<RoleRow> {
  const row = await rolesIn(db, scope).selectAll().where('name', '=', name).executeTakeFirst()
  if (row) return row
  const where = scope.organization === null ? 'this environment' : `organization ${scope.organization}`
  throw apiError(Code.NotFound, `There is no role ${name} in ${where}`)
}

/** A role and all that it extends, nearest first. A circle ends where it began. */
export function withBases(role: RoleRow, visible: readonly RoleRow[]): RoleRow[] {
  const base = visible.find(({ name }) => name === role.extends)
  if (!base) return [role]
  const rest = visible.filter(({ id }) => id !== role.id)
  return [role, ...withBases(base, rest)]
}

export type HeldPermission = PermissionRow & { role_id: string }

/** The permissions that these roles have themselves. */
export async function ownPermissions(
  db: Kysely<Schema>,
  held: readonly RoleRow[],
): Promise<HeldPermission[]> {
  if (held.length === 0) return []
  const ids = held.map(({ id }) => id)
  return db
    .selectFrom('role_permissions')
    .innerJoin('permissions', 'permissions.id', 'role_permissions.permission_id')
    .selectAll('permissions')
    .select('role_permissions.role_id')
    .where('role_permissions.role_id', 'in', ids)
    .orderBy('permissions.id')
    .execute()
}

/** The permissions that come with these roles, inherited ones included, each once. */
export async function effectivePermissions(
  db: Kysely<Schema>,
  held: readonly RoleRow[],
  visible: readonly RoleRow[],
): Promise<HeldPermission[]> {
  const permissions = await ownPermissions(
    db,
    held.flatMap((role) => withBases(role, visible)),
  )
  return [...new Map(permissions.map((permission) => [permission.id, permission])).values()]
}

/** The names of the roles that extend a role of this scope. */
export async function dependentsOf(db: Kysely<Schema>, scope: RoleScope, name: string): Promise<RoleRow[]> {
  const query = db.selectFrom('roles').selectAll().where('environment_id', '=', scope.environment)
  const extending = query.where('extends', '=', name).orderBy('id')
  return scope.organization === null
    ? extending.execute()
    : extending.where('organization_id', '=', scope.organization).execute()
}
