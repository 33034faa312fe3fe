import type { Kysely } from 'kysely'
import type { LinkRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { failedPrecondition } from '../domain-error.js'
import { newLink } from '../links/link-data.js'
import type { Store } from '../store.js'
import { noteAccountEvent } from './account-events.js'
import type { LinkData } from './account-requests.js'
import type { NamedAccount } from './connected-account-data.js'

/**
 * A new link with which a user authorizes an account.
 * @throws {DomainError} `failed_precondition` for a connection that needs no authorization
 */
export async function createAccountLink(
  store: Store,
  db: Kysely<Schema>,
  account: NamedAccount,
  data: LinkData,
): Promise<{ row: LinkRow; location: string }> {
  if (account.connection_type === 'NO_AUTH')
    throw failedPrecondition(`The connection ${account.connector} needs no authorization`)
  const subject = { organization_id: null, connected_account_id: account.id }
  const link = newLink(store, account.environment_id, subject, data)
  await db.insertInto('links').values(link.row).execute()
  await noteAccountEvent(db, store.clock, 'magic_link_generated', account)
  return link
}
