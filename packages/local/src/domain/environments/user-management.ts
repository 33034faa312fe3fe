import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Database } from '../../storage/database.js'
import type { Schema } from '../../storage/schema.js'
import { invalid, notFound } from '../domain-error.js'
import { isDisposableDomain, isPublicDomain } from '../domains/allowed-email-domains.js'
import { domainOf } from '../domains/domain-data.js'

/** Who may sign up or be invited, by the names of the message UserManagement of Scalekit's API. */
export const UserManagement = z.strictObject({
  block_disposable_email_domains: z.boolean().default(false),
  block_public_email_domains: z.boolean().default(false),
})
export type UserManagement = z.infer<typeof UserManagement>

const EnvironmentData = z.looseObject({
  user_management: UserManagement.catch(UserManagement.parse({})).default(UserManagement.parse({})),
})

/** @throws {DomainError} `not_found` for an environment that does not exist */
export async function userManagement(db: Kysely<Schema>, environment: string): Promise<UserManagement> {
  return (await dataOf(db, environment)).user_management
}

/** Changes the named settings of an environment. @throws {DomainError} `not_found` */
export async function changeUserManagement(
  database: Database,
  environment: string,
  changes: Partial<UserManagement>,
  now: number,
): Promise<UserManagement> {
  return database.transaction(async (db) => {
    const data = await dataOf(db, environment)
    const user_management = { ...data.user_management, ...changes }
    await db
      .updateTable('environments')
      .set({ data: JSON.stringify({ ...data, user_management }), updated_at: now })
      .where('id', '=', environment)
      .execute()
    return user_management
  })
}

/** Why nobody new with an address may sign up or be invited; undefined where they may. Users stay users. */
export async function whyBlocked(
  db: Kysely<Schema>,
  environment: string,
  email: string,
): Promise<string | undefined> {
  const settings = await userManagement(db, environment)
  const domain = domainOf(email)
  if (settings.block_disposable_email_domains && (await isDisposableDomain(domain)))
    return `Addresses at ${domain} are disposable and not allowed here. Use a work e-mail address.`
  if (settings.block_public_email_domains && isPublicDomain(domain))
    return `Addresses at ${domain} are not allowed here. Use a work e-mail address.`
  return undefined
}

/** @throws {DomainError} `invalid` for a user whose address may not be invited */
export async function refuseBlocked(db: Kysely<Schema>, environment: string, user: string): Promise<void> {
  const { email } = await db
    .selectFrom('users')
    .select('email')
    .where('id', '=', user)
    .executeTakeFirstOrThrow()
  const description = await whyBlocked(db, environment, email)
  if (description !== undefined)
    throw invalid(`user.email: ${description}`, [{ field: 'user.email', description }])
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
