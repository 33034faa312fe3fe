import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { OrganizationRow, Schema } from '../../storage/schema.js'
import { alreadyExists, invalid, notFound } from '../domain-error.js'
import type { Identity } from '../identity.js'
import type { Store } from '../store.js'

/** None, minutes, hours, days: the numbers of the API's `TimeUnit`. */
const TimeUnit = z.literal([0, 1, 2, 3])

/** What an organization has beside its columns, as its `data` holds it. */
export const OrganizationData = z.object({
  region_code: z.enum(['US', 'EU']).default('US'),
  metadata: z.record(z.string(), z.string()).default({}),
  logo_url: z.string().optional(),
  features: z.array(z.object({ name: z.string(), enabled: z.boolean() })).default([]),
  max_allowed_users: z.number().optional(),
  default_member_role: z.string().optional(),
  /** Only a policy of the organization's own; times in the units that are beside them. */
  session_policy: z
    .object({
      absoluteSessionTimeout: z.number().optional(),
      absoluteSessionTimeoutUnit: TimeUnit.optional(),
      idleSessionTimeoutEnabled: z.boolean().optional(),
      idleSessionTimeout: z.number().optional(),
      idleSessionTimeoutUnit: TimeUnit.optional(),
    })
    .optional(),
})
export type OrganizationData = z.infer<typeof OrganizationData>

export function organizationData(row: OrganizationRow): OrganizationData {
  return OrganizationData.parse(JSON.parse(row.data))
}

/** The features that were switched off for an organization; it has the others. */
export function disabledFeatures(row: OrganizationRow): string[] {
  return organizationData(row).features.flatMap(({ name, enabled }) => (enabled ? [] : [name]))
}

/** @throws {DomainError} `not_found`, also for an organization of another environment */
export async function findOrganization(
  db: Kysely<Schema>,
  environment: string,
  by: Identity,
): Promise<OrganizationRow> {
  const query = db.selectFrom('organizations').selectAll().where('environment_id', '=', environment)
  const row =
    'id' in by
      ? await query.where('id', '=', by.id).executeTakeFirst()
      : await query.where('external_id', '=', by.externalId).executeTakeFirst()
  if (row) return row
  const name = 'id' in by ? by.id : `with the external id ${by.externalId}`
  throw notFound(`There is no organization ${name} in this environment`)
}

/**
 * Holds an organization to being the only one of its environment with its external id and with its slug.
 * @throws {DomainError} `already_exists`
 */
export async function refuseTaken(
  db: Kysely<Schema>,
  { id, environment_id, external_id, slug }: OrganizationRow,
): Promise<void> {
  for (const [column, value] of [
    ['external_id', external_id],
    ['slug', slug],
  ] as const) {
    if (value === null) continue
    const taken = await db
      .selectFrom('organizations')
      .select('id')
      .where('environment_id', '=', environment_id)
      .where(column, '=', value)
      .where('id', '!=', id)
      .executeTakeFirst()
    if (taken) throw alreadyExists(`Another organization has the ${column} ${JSON.stringify(value)}`)
  }
}

/**
 * The most users that an organization may have; undefined for no limit.
 * @throws {DomainError} `invalid` for a negative number
 */
export function userLimit(maxAllowedUsers: number | undefined): number | undefined {
  if (maxAllowedUsers === undefined || maxAllowedUsers >= 0) return maxAllowedUsers
  const violation = { field: 'settings.max_allowed_users', description: 'must not be negative' }
  throw invalid(`${violation.field}: ${violation.description}`, [violation])
}

/**
 * Edits the `data` of an organization in one transaction, and gives the row as it is then.
 * @throws {DomainError} `not_found`
 */
export async function editOrganizationData(
  { database, clock }: Store,
  environment: string,
  id: string,
  edit: (data: OrganizationData) => void,
): Promise<OrganizationRow> {
  return database.transaction(async (db) => {
    const row = await findOrganization(db, environment, { id })
    const data = organizationData(row)
    edit(data)
    const updated = { ...row, data: JSON.stringify(data), updated_at: clock.now() }
    await db.updateTable('organizations').set(updated).where('id', '=', row.id).execute()
    return updated
  })
}
