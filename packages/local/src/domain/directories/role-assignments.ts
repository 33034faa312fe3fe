import type { Kysely } from 'kysely'
import type { Clock } from '../../storage/clock.js'
import type { DirectoryRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { notFound } from '../domain-error.js'
import { openRoleBook } from '../roles/role-book.js'
import { contentOf, DirectoryData, directoryData } from './directory-data.js'
import { provisionDirectoryUser } from './provision-directory-user.js'

/**
 * Makes these the roles that the groups of a directory stand for, and gives its users the roles of their groups.
 * @throws {DomainError} `not_found` for a group of another directory, or a role that the organization cannot see
 */
export async function assignGroupRoles(
  db: Kysely<Schema>,
  clock: Clock,
  directory: DirectoryRow,
  assignments: DirectoryData['role_assignments'],
): Promise<void> {
  const { groups } = await contentOf(db, [directory.id])
  const { environment_id, organization_id: organization } = directory
  const visible = (await openRoleBook(db, environment_id)).visible(organization)
  for (const { group_id, role_name } of assignments) {
    if (!groups.some(({ id }) => id === group_id))
      throw notFound(`The directory ${directory.id} has no group ${group_id}`)
    if (!visible.some(({ name }) => name === role_name))
      throw notFound(`There is no role ${role_name} in organization ${organization}`)
  }
  await changeMeaning(db, clock, directory, { role_assignments: assignments })
}

/** Forgets the roles of a group that is gone. Its members have lost them with the group. */
export async function forgetGroup(
  db: Kysely<Schema>,
  clock: Clock,
  directory: DirectoryRow,
  group: string,
): Promise<void> {
  const { role_assignments } = directoryData(directory)
  const others = role_assignments.filter(({ group_id }) => group_id !== group)
  if (others.length < role_assignments.length)
    await changeMeaning(db, clock, directory, { role_assignments: others })
}

/** Makes these the attributes that fill profiles, and lets the profiles of the directory's users follow. */
export async function mapAttributes(
  db: Kysely<Schema>,
  clock: Clock,
  directory: DirectoryRow,
  attributes: DirectoryData['attributes'],
): Promise<void> {
  await changeMeaning(db, clock, directory, { attributes })
}

async function changeMeaning(
  db: Kysely<Schema>,
  clock: Clock,
  directory: DirectoryRow,
  changes: Partial<DirectoryData>,
): Promise<void> {
  const before = directoryData(directory)
  const after = DirectoryData.parse({ ...before, ...changes })
  await db
    .updateTable('directories')
    .set({ data: JSON.stringify(after), updated_at: clock.now() })
    .where('id', '=', directory.id)
    .execute()
  const { users } = await contentOf(db, [directory.id])
  for (const { user } of users.filter((one) => one.user.user_id !== undefined))
    await provisionDirectoryUser({ db, clock, directory, before, after }, { before: user, after: user })
}
