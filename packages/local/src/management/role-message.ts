import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import type { roles } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import type { PermissionRow, RoleRow, Schema } from '../engine/schema.js'
import { effectivePermissions, ownPermissions, type RoleScope, visibleRoles } from './role-data.js'

/** What a request asks to see of a role's permissions: none, its own, or inherited ones too. */
export type Include = '' | 'permissions' | 'permissions:all'

export function includeOf(include: string | undefined): Include {
  return include === 'permissions' || include === 'permissions:all' ? include : ''
}

/** Roles as the API shows them in a scope. */
export async function toRoles(
  db: Kysely<Schema>,
  scope: RoleScope,
  rows: readonly RoleRow[],
  include: Include,
): Promise<MessageInitShape<typeof roles.RoleSchema>[]> {
  const visible = await visibleRoles(db, scope)
  const nameOf = new Map(visible.map(({ id, name }) => [id, name]))
  return Promise.all(
    rows.map(async (row) => ({
      id: row.id,
      name: row.name,
      displayName: row.display_name,
      description: row.description,
      defaultCreator: row.default_creator === 1,
      defaultMember: row.default_member === 1,
      isOrgRole: row.organization_id !== null,
      dependentRolesCount: visible.filter((role) => role.extends === row.name).length,
      permissions: (await included(db, row, visible, include)).map((permission) => ({
        ...toPermission(permission),
        roleName: nameOf.get(permission.role_id) ?? row.name,
      })),
      ...(row.extends !== null && { extends: row.extends }),
    })),
  )
}

/** One role as the API shows it. */
export async function toRole(db: Kysely<Schema>, scope: RoleScope, row: RoleRow, include: Include) {
  const [role] = await toRoles(db, scope, [row], include)
  return role ?? {}
}

async function included(db: Kysely<Schema>, row: RoleRow, visible: readonly RoleRow[], include: Include) {
  if (include === '') return []
  return include === 'permissions' ? ownPermissions(db, [row]) : effectivePermissions(db, [row], visible)
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
