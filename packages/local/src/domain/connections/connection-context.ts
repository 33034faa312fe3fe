import type { Kysely } from 'kysely'
import type { Schema } from '../../storage/schema.js'
import {
  type ConnectionData,
  type ConnectionScope,
  connectionData,
  findConnection,
} from './connection-data.js'

/**
 * Replaces the data that the application stores with a connection.
 * @throws {DomainError} `not_found`
 */
export async function setConnectionContext(
  db: Kysely<Schema>,
  scope: ConnectionScope,
  now: number,
  id: string,
  context: ConnectionData['context'],
): Promise<void> {
  const row = await findConnection(db, scope, id)
  const data = JSON.stringify({ ...connectionData(row), context })
  await db.updateTable('connections').set({ data, updated_at: now }).where('id', '=', id).execute()
}
