import type { Kysely } from 'kysely'
import type { Clock } from '../../storage/clock.js'
import type { DirectoryEntryRow, DirectoryRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { failedPrecondition, notFound } from '../domain-error.js'
import { noteEvent } from '../events/note-event.js'
import { contentOf, type DirectoryContent, type DirectoryData, directoryData } from './directory-data.js'
import { userEvent } from './directory-event.js'
import { provisionDirectoryUser } from './provision-directory-user.js'

type Db = Kysely<Schema>

/**
 * Provisions the users of a directory again, from what it has sent. Users whose domain was verified later join, and users
 * who were removed from the organization return. With tracked groups, only their users are provisioned.
 * @throws {DomainError} `failed_precondition` for a directory that is disabled, and when the organization is full
 */
export async function syncDirectory(db: Db, clock: Clock, directory: DirectoryRow): Promise<void> {
  if (directory.enabled !== 1)
    throw failedPrecondition(`The directory ${directory.id} is disabled: enable it, then sync it`)
  const meaning = directoryData(directory)
  const content = await contentOf(db, [directory.id])
  for (const { user, ...row } of trackedUsers(content, meaning)) {
    const where = { db, clock, directory, before: meaning, after: meaning }
    const before = user.user_id === undefined ? undefined : user
    const user_id = await provisionDirectoryUser(where, { before, after: user })
    if (user_id === user.user_id) continue
    const data = JSON.stringify({ ...user, user_id })
    const changed: DirectoryEntryRow = { ...row, data, updated_at: clock.now() }
    await db.updateTable('directory_users').set(changed).where('id', '=', row.id).execute()
    await noteEvent(db, clock, userEvent(directory, changed, 'updated', content.groups))
  }
  await saveData(db, clock, directory, { last_synced_at: clock.now() })
}

/**
 * Sets the groups whose users a sync provisions.
 * @throws {DomainError} `not_found` for a group that the directory has not sent
 */
export async function trackGroups(
  db: Db,
  clock: Clock,
  directory: DirectoryRow,
  externalIds: readonly string[],
): Promise<void> {
  const { groups } = await contentOf(db, [directory.id])
  const unknown = externalIds.find((id) => !groups.some(({ external_id }) => external_id === id))
  if (unknown !== undefined)
    throw notFound(
      `The directory ${directory.id} has no group with the external id ${JSON.stringify(unknown)}`,
    )
  await saveData(db, clock, directory, { tracked_groups: [...new Set(externalIds)] })
}

/** Replaces the data that the application stores with a directory. */
export async function setDirectoryContext(
  db: Db,
  clock: Clock,
  directory: DirectoryRow,
  context: DirectoryData['context'],
): Promise<void> {
  await saveData(db, clock, directory, { context })
}

function trackedUsers({ users, groups }: DirectoryContent, { tracked_groups }: DirectoryData) {
  if (tracked_groups.length === 0) return users
  const tracked = groups.filter(({ external_id }) => tracked_groups.includes(external_id))
  return users.filter(({ user }) => tracked.some(({ id }) => user.groups.includes(id)))
}

async function saveData(
  db: Db,
  clock: Clock,
  directory: DirectoryRow,
  changes: Partial<DirectoryData>,
): Promise<void> {
  const data = JSON.stringify({ ...directoryData(directory), ...changes })
  await db
    .updateTable('directories')
    .set({ data, updated_at: clock.now() })
    .where('id', '=', directory.id)
    .execute()
}
