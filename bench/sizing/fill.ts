import { createLocalScalekit } from '@scalekit-mcp/local'

const ROWS_AT_ONCE = 500
export const ENVIRONMENT = 'env_100000000000000001'

/** Ids of the rows, in the order in which they are made. */
export const organizationId = (index: number) => `org_${200_000_000_000_000_000n + BigInt(index)}`
export const externalId = (index: number) => `customer-${index}`

/** Makes a local environment in a folder with so many organizations, each with one user who is its member. */
export async function fill(folder: string, count: number): Promise<void> {
  const { database, close } = await createLocalScalekit({ port: 0, data: folder })
  const now = Date.now()
  const times = { created_at: now, updated_at: now }
  for (let from = 0; from < count; from += ROWS_AT_ONCE) {
    const indexes = Array.from({ length: Math.min(ROWS_AT_ONCE, count - from) }, (_, index) => from + index)
    const userId = (index: number) => `usr_${200_000_000_000_000_000n + BigInt(index)}`
    await database.transaction(async (db) => {
      const organizations = indexes.map((index) => ({
        id: organizationId(index),
        environment_id: ENVIRONMENT,
        display_name: `Customer ${index}`,
        external_id: externalId(index),
        slug: externalId(index),
        data: JSON.stringify({ region_code: 'US', metadata: { plan: 'enterprise' }, features: [] }),
        ...times,
      }))
      await db.insertInto('organizations').values(organizations).execute()
      const users = indexes.map((index) => ({
        id: userId(index),
        environment_id: ENVIRONMENT,
        email: `person@customer-${index}.example`,
        external_id: null,
        data: '{}',
        ...times,
      }))
      await db.insertInto('users').values(users).execute()
      const memberships = indexes.map((index) => ({
        organization_id: organizationId(index),
        user_id: userId(index),
        status: 'ACTIVE' as const,
        roles: '["member"]',
        data: '{}',
        ...times,
      }))
      await db.insertInto('memberships').values(memberships).execute()
    })
  }
  await close()
}
