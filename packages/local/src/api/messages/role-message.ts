import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import type { roles } from '@scalekit-mcp/api'
import type { RoleBook } from '../../domain/roles/role-book.js'
import type { PermissionRow, RoleRow } from '../../storage/schema.js'

/** What a request asks to see of a role's permissions: nothing, `permissions` for its own, or inherited ones too. */
export type Include = string | undefined

/** A role as the API shows it in an organization, or with null in its environment. */
export function toRole(
  book: RoleBook,
  organization: string | null,
  row: RoleRow,
  include?: Include,
): MessageInitShape<typeof roles.RoleSchema> {
  const visible = book.visible(organization)
  const nameOf = new Map(visible.map(({ id, name }) => [id, name]))
  return {
    id: row.id,
    name: row.name,
    displayName: row.display_name,
    description: row.description,
    defaultCreator: row.default_creator === 1,
    defaultMember: row.default_member === 1,
    isOrgRole: row.organization_id !== null,
    dependentRolesCount: visible.filter((role) => role.extends === row.name).length,
    permissions: included(book, organization, row, include).map((permission) => ({
      ...toPermission(permission),
      roleName: nameOf.get(permission.role_id) ?? row.name,
    })),
    ...(row.extends !== null && { extends: row.extends }),
  }
}

function included(book: RoleBook, organization: string | null, row: RoleRow, include: Include) {
  if (include === 'permissions') return book.own(row)
  return include === 'permissions:all' ? book.effective([row], organization) : []
}

export function toPermission(row: PermissionRow) {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    createTime: timestampFromMs(row.created_at),
    updateTime: timestampFromMs(row.updated_at),
  }
}

/** A role as users and memberships show it. */
export function toRoleReference({ id, name, display_name }: RoleRow) {
  return { id, name, displayName: display_name }
}
