import type { Kysely } from 'kysely'
import type { Schema } from '../../storage/schema.js'
import { failedPrecondition } from '../domain-error.js'
import { newLink } from '../links/link-data.js'
import type { Store } from '../store.js'
import { noteAccountEvent } from './account-events.js'
import type { LinkData } from './account-requests.js'
import type { NamedAccount } from './connected-account-data.js'

/**
 * Creates a link with which a user connects an account. It can be opened once and expires after a minute.
 * @throws {DomainError} `failed_precondition` for a connection that needs no authorization
 */
export async function createAccountLink(
  db: Kysely<Schema>,
  store: Store,
  account: NamedAccount,
  data: LinkData,
): Promise<{ link: string; expiresAt: number }> {
  if (account.connection_type === 'NO_AUTH')
    throw failedPrecondition(`The connection ${account.connector} needs no authorization`)
  const subject = { organization_id: null, connected_account_id: account.id }
  const { row, location } = newLink(store, account.environment_id, subject, data)
  await db.insertInto('links').values(row).execute()
  await noteAccountEvent(db, store.clock, 'magic_link_generated', account)
  return { link: location, expiresAt: row.expires_at }
}
