import type { Kysely } from 'kysely'
import type { EnvironmentRow, Schema } from '../../storage/schema.js'

/** Whether an environment is for development or in production: some rules are stricter there. */
export async function environmentType(db: Kysely<Schema>, id: string): Promise<EnvironmentRow['type']> {
  const { type } = await db
    .selectFrom('environments')
    .select('type')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return type
}
