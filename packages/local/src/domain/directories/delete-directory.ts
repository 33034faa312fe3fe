import type { Kysely } from 'kysely'
import type { Clock } from '../../storage/clock.js'
import type { DirectoryRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { contentOf, directoryData } from './directory-data.js'
import { withdrawDirectoryUser } from './provision-directory-user.js'

/** Deletes a directory. The memberships that it created become inactive, and the roles of its groups end. */
export async function deleteDirectory(
  db: Kysely<Schema>,
  clock: Clock,
  directory: DirectoryRow,
): Promise<void> {
  const meaning = directoryData(directory)
  const { users } = await contentOf(db, [directory.id])
  for (const { user } of users)
    await withdrawDirectoryUser({ db, clock, directory, before: meaning, after: meaning }, user)
  await db.deleteFrom('directories').where('id', '=', directory.id).execute()
}
