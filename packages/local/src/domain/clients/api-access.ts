import type { Kysely } from 'kysely'
import type { Schema } from '../../storage/schema.js'
import { clientData } from './client-data.js'

/** Whether a client may use the API of its environment; not one that is gone. */
export async function mayUseApi(db: Kysely<Schema>, id: string): Promise<boolean> {
  const row = await db.selectFrom('clients').selectAll().where('id', '=', id).executeTakeFirst()
  return row !== undefined && !clientData(row).disallow_scalekit_api_access
}
