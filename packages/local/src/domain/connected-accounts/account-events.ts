import type { Kysely } from 'kysely'
import type { Clock } from '../../storage/clock.js'
import type { Schema } from '../../storage/schema.js'
import { connectionData } from '../connections/connection-data.js'
import { noteEvent } from '../events/note-event.js'
import { connectedAccountData, type NamedAccount } from './connected-account-data.js'

/** Source: Scalekit's reference of the events of connected accounts. */
export type AccountEventType =
  | 'created'
  | 'updated'
  | 'status_updated'
  | 'deleted'
  | 'magic_link_generated'
  | 'oauth_succeeded'
  | 'oauth_tokens_fetched'
  | 'token_refresh_succeeded'
  | 'token_refresh_failed'

/** Notes what has become of an account, in the transaction that causes it. Credentials are never part of an event. */
export async function noteAccountEvent(
  db: Kysely<Schema>,
  clock: Clock,
  type: AccountEventType,
  account: NamedAccount,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { token_expires_at } = connectedAccountData(account)
  const { last_used_at } = account
  await noteEvent(db, clock, {
    environment: account.environment_id,
    type: `connected_account.${type}`,
    object: 'ConnectedAccount',
    organization: account.organization_id ?? undefined,
    data: {
      id: account.id,
      identifier: account.identifier,
      connection_id: account.connection_id,
      connection_name: account.connector,
      provider: connectionData({ data: account.connection_data }).provider_key,
      authorization_type: account.connection_type,
      status: account.status,
      ...(token_expires_at !== undefined && { token_expires_at: new Date(token_expires_at).toISOString() }),
      ...(last_used_at !== null && { last_used_at: new Date(last_used_at).toISOString() }),
      ...more,
    },
  })
}
