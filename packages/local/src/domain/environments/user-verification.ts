import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Database } from '../../storage/database.js'
import type { Schema } from '../../storage/schema.js'
import { notFound } from '../domain-error.js'

/** Who confirms that a connected account belongs to the user who was to connect it: nobody, or the application. */
export const UserVerification = z.enum(['none', 'custom'])
export type UserVerification = z.infer<typeof UserVerification>

const EnvironmentData = z.looseObject({ user_verification: UserVerification.catch('none').default('none') })

/** @throws {DomainError} `not_found` for an environment that does not exist */
export async function userVerification(db: Kysely<Schema>, environment: string): Promise<UserVerification> {
  return (await dataOf(db, environment)).user_verification
}

/** @throws {DomainError} `not_found` */
export async function changeUserVerification(
  database: Database,
  environment: string,
  user_verification: UserVerification,
  now: number,
): Promise<void> {
  await database.transaction(async (db) => {
    const data = await dataOf(db, environment)
    await db
      .updateTable('environments')
      .set({ data: JSON.stringify({ ...data, user_verification }), updated_at: now })
      .where('id', '=', environment)
      .execute()
  })
}

async function dataOf(db: Kysely<Schema>, environment: string) {
  const row = await db
    .selectFrom('environments')
    .select('data')
    .where('id', '=', environment)
    .executeTakeFirst()
  if (row === undefined) throw notFound(`There is no environment ${environment}`)
  return EnvironmentData.parse(JSON.parse(row.data))
}
