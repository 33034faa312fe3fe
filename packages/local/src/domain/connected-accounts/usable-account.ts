import { failedPrecondition } from '../domain-error.js'
import type { Store } from '../store.js'
import type { NamedAccount } from './connected-account-data.js'
import { freshAccount } from './fresh-account.js'

/**
 * Prepares an account for a call to its provider: refreshes its token if it is due, and records the use.
 * @throws {DomainError} `failed_precondition` if the connection is disabled or the account is not active
 */
export async function usableAccount(store: Store, named: NamedAccount): Promise<NamedAccount> {
  if (named.connection_enabled !== 1)
    throw failedPrecondition(`The connection ${named.connector} is not enabled: enable it, then call again`)
  const account = await freshAccount(store, named)
  if (account.status !== 'ACTIVE') {
    throw failedPrecondition(
      `The connected account ${account.id} of ${account.connector} is ${account.status}: have ${account.identifier} connect it with a new link`,
    )
  }
  await store.database.db
    .updateTable('connected_accounts')
    .set({ last_used_at: store.clock.now() })
    .where('id', '=', account.id)
    .execute()
  return account
}
