import type { Kysely } from 'kysely'
import { LocalError } from '../storage/local-error.js'
import type { Schema } from '../storage/schema.js'

/** @throws {LocalError} `not_found` */
export async function refuseUnknownEnvironment(db: Kysely<Schema>, id: string): Promise<void> {
  const row = await db.selectFrom('environments').select('id').where('id', '=', id).executeTakeFirst()
  if (row === undefined) throw new LocalError('not_found', `There is no environment ${JSON.stringify(id)}.`)
}
