import type { Kysely } from 'kysely'
import type { PermissionRow, RoleRow, Schema } from '../../storage/schema.js'

export type HeldPermission = PermissionRow & { readonly role_id: string }

/** The roles and permissions of an environment, read once to answer one call. */
export interface RoleBook {
  /**
   * The roles that can be named in a place: in an organization its own, and those of the environment whose
   * name it has not taken; with null those of the environment.
   */
  visible(organization: string | null): readonly RoleRow[]
  /** The permissions that a role has itself. */
  own(role: RoleRow): readonly HeldPermission[]
  /** The permissions that come with roles in a place, inherited ones included, each once. */
  effective(roles: readonly RoleRow[], organization: string | null): readonly HeldPermission[]
}

/** Opens the book for all organizations of an environment, or for one. */
export async function openRoleBook(
  db: Kysely<Schema>,
  environment: string,
  organization?: string,
): Promise<RoleBook> {
  let query = db.selectFrom('roles').selectAll().where('environment_id', '=', environment)
  if (organization !== undefined)
    query = query.where((where) =>
      where.or([where('organization_id', 'is', null), where('organization_id', '=', organization)]),
    )
  const roles = await query.orderBy('id').execute()
  const permissions = await db
    .selectFrom('role_permissions')
    .innerJoin('permissions', 'permissions.id', 'role_permissions.permission_id')
    .selectAll('permissions')
    .select('role_permissions.role_id')
    .where('permissions.environment_id', '=', environment)
    .orderBy('permissions.id')
    .execute()

  const book: RoleBook = {
    visible(organization) {
      const shared = roles.filter((role) => role.organization_id === null)
      if (organization === null) return shared
      const own = roles.filter((role) => role.organization_id === organization)
      return [...shared.filter(({ name }) => !own.some((role) => role.name === name)), ...own]
    },
    own: (role) => permissions.filter(({ role_id }) => role_id === role.id),
    effective(held, organization) {
      const visible = book.visible(organization)
      const all = held.flatMap((role) => withBases(role, visible)).flatMap(book.own)
      const each = new Map(all.map((permission) => [permission.id, permission]))
      return [...each.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
    },
  }
  return book
}

/** A role and all that it extends, nearest first. A circle ends where it began. */
export function withBases(role: RoleRow, visible: readonly RoleRow[]): readonly RoleRow[] {
  const base = visible.find(({ name }) => name === role.extends)
  if (!base) return [role]
  const rest = visible.filter(({ id }) => id !== role.id)
  return [role, ...withBases(base, rest)]
}
