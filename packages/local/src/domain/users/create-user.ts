import type { Kysely } from 'kysely'
import type { z } from 'zod'
import { newId } from '../../storage/ids.js'
import type { Schema, UserRow } from '../../storage/schema.js'
import { refuseTakenUser, UserData } from './user-data.js'

export interface NewUser {
  readonly environment: string
  readonly email: string
  readonly externalId: string | null
  readonly data: z.input<typeof UserData>
}

/**
 * Creates a user who belongs to no organization yet.
 * @throws {DomainError} `already_exists` for an e-mail address or external id that another user has
 */
export async function createUser(
  db: Kysely<Schema>,
  { environment, email, externalId, data }: NewUser,
  now: number,
): Promise<UserRow> {
  const row: UserRow = {
    ...{ id: newId('usr'), environment_id: environment, email: email.toLowerCase(), external_id: externalId },
    ...{ data: JSON.stringify(UserData.parse(data)), created_at: now, updated_at: now },
  }
  await refuseTakenUser(db, row)
  await db.insertInto('users').values(row).execute()
  return row
}
