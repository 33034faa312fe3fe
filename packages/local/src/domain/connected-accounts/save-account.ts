import type { Kysely } from 'kysely'
import type { ConnectedAccountRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import type { DataStore } from '../store.js'
import { type AccountEventType, noteAccountEvent } from './account-events.js'
import type { NamedAccount } from './connected-account-data.js'

/**
 * Writes what an account has become, and notes it: first what caused it, then a change of its status, then that the
 * account was updated.
 */
export async function saveAccount(
  db: Kysely<Schema>,
  clock: DataStore['clock'],
  before: NamedAccount,
  { status, data }: Pick<ConnectedAccountRow, 'status' | 'data'>,
  { causes = [], updated = true }: { causes?: readonly AccountEventType[]; updated?: boolean } = {},
): Promise<NamedAccount> {
  const changes = { status, data, updated_at: clock.now() }
  await db.updateTable('connected_accounts').set(changes).where('id', '=', before.id).execute()
  const account = { ...before, ...changes }
  for (const cause of causes) await noteAccountEvent(db, clock, cause, account)
  if (status !== before.status)
    await noteAccountEvent(db, clock, 'status_updated', account, { old_status: before.status })
  if (updated) await noteAccountEvent(db, clock, 'updated', account)
  return account
}
