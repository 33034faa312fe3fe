import type { Kysely } from 'kysely'
import type { Clock } from '../../storage/clock.js'
import { newId } from '../../storage/ids.js'
import type { RoleRow, Schema } from '../../storage/schema.js'
import { alreadyExists, failedPrecondition, invalid, notFound } from '../domain-error.js'
import { updateMembership } from '../users/membership-status.js'
import { membershipRoles, membershipsWithRole } from './membership-roles.js'
import { findPermissions, replacePermissions } from './permission-data.js'
import { openRoleBook, withBases } from './role-book.js'
import { dependentsOf, findRole, type RoleScope } from './role-data.js'

export interface RoleFields {
  readonly displayName?: string | undefined
  readonly description?: string | undefined
  readonly extends?: string | undefined
  readonly permissions: readonly string[]
}

/**
 * @throws {DomainError} `already_exists` for a name that is taken in a place where both roles would be visible,
 * `not_found` for a base or a permission that is not there
 */
export async function createRole(
  db: Kysely<Schema>,
  scope: RoleScope,
  now: number,
  { name, ...fields }: RoleFields & { readonly name: string },
): Promise<RoleRow> {
  await refuseTakenName(db, scope, name)
  const row: RoleRow = {
    id: newId('role'),
    environment_id: scope.environment,
    organization_id: scope.organization,
    name,
    display_name: fields.displayName ?? name,
    description: fields.description ?? '',
    extends: fields.extends ?? null,
    default_creator: 0,
    default_member: 0,
    created_at: now,
    updated_at: now,
  }
  await refuseWrongBase(db, scope, row)
  await db.insertInto('roles').values(row).execute()
  await replacePermissions(db, row.id, await findPermissions(db, scope.environment, fields.permissions))
  return row
}

/** Changes what is given; an empty list of permissions changes none. */
export async function updateRole(
  db: Kysely<Schema>,
  scope: RoleScope,
  now: number,
  { name, ...fields }: RoleFields & { readonly name: string },
): Promise<RoleRow> {
  const row = await findRole(db, scope, name)
  const updated: RoleRow = {
    ...row,
    display_name: fields.displayName ?? row.display_name,
    description: fields.description ?? row.description,
    extends: fields.extends ?? row.extends,
    updated_at: now,
  }
  await refuseWrongBase(db, scope, updated)
  await db.updateTable('roles').set(updated).where('id', '=', row.id).execute()
  if (fields.permissions.length > 0) {
    await replacePermissions(db, row.id, await findPermissions(db, scope.environment, fields.permissions))
  }
  return updated
}

/**
 * Deletes a role. Its holders get another one, given by name or by id.
 * @throws {DomainError} `failed_precondition` while roles extend it, or users hold it and no other takes its place
 */
export async function deleteRole(
  db: Kysely<Schema>,
  clock: Clock,
  scope: RoleScope,
  name: string,
  reassignTo: string | undefined,
): Promise<void> {
  const row = await findRole(db, scope, name)
  const dependents = await dependentsOf(db, scope, name)
  if (dependents.length > 0) {
    const names = dependents.map((role) => role.name).join(', ')
    throw failedPrecondition(`Roles extend ${name}: ${names}. Remove their base first`)
  }
  const holders = await membershipsWithRole(db, row)
  if (holders.length > 0 && !reassignTo) {
    throw failedPrecondition(`Users hold the role ${name}: give reassign_role_name`)
  }
  let successor = reassignTo
  if (reassignTo) {
    const book = await openRoleBook(db, scope.environment)
    const others = book.visible(scope.organization).filter(({ id }) => id !== row.id)
    const named =
      others.find((role) => role.name === reassignTo) ?? others.find(({ id }) => id === reassignTo)
    if (!named) throw notFound(`There is no role ${reassignTo} to reassign to`)
    successor = named.name
  }
  for (const holder of holders) {
    const others = membershipRoles(holder).filter((role) => role !== name && role !== successor)
    await updateMembership(db, clock, holder, { roles: [...others, ...(successor ? [successor] : [])] })
  }
  await db.deleteFrom('roles').where('id', '=', row.id).execute()
}

/** Ends what a role inherits. */
export async function removeBase(
  db: Kysely<Schema>,
  scope: RoleScope,
  now: number,
  name: string,
): Promise<void> {
  const row = await findRole(db, scope, name)
  await db.updateTable('roles').set({ extends: null, updated_at: now }).where('id', '=', row.id).execute()
}

/** An organization sees its own roles and those of the environment: each name stands for one of them. */
async function refuseTakenName(
  db: Kysely<Schema>,
  { environment, organization }: RoleScope,
  name: string,
): Promise<void> {
  const named = await db
    .selectFrom('roles')
    .select('organization_id')
    .where('environment_id', '=', environment)
    .where('name', '=', name)
    .execute()
  const taken = named.find(
    ({ organization_id }) =>
      organization === null || organization_id === null || organization_id === organization,
  )
  if (taken === undefined) return
  const where = taken.organization_id === null ? 'the environment' : `organization ${taken.organization_id}`
  throw alreadyExists(`A role ${name} exists in ${where}`)
}

async function refuseWrongBase(db: Kysely<Schema>, scope: RoleScope, role: RoleRow): Promise<void> {
  if (role.extends === null) return
  const book = await openRoleBook(db, scope.environment)
  const visible = book.visible(scope.organization).filter(({ id }) => id !== role.id)
  const base = visible.find(({ name }) => name === role.extends)
  if (!base) throw notFound(`There is no role ${role.extends} to extend`)
  if (withBases(base, visible).some((other) => other.extends === role.name)) {
    throw invalid(`${role.extends} extends ${role.name} already: roles cannot go in a circle`)
  }
}
