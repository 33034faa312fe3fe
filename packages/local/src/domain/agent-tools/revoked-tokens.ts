import { z } from 'zod'
import { connectedAccountData, type NamedAccount } from '../connected-accounts/connected-account-data.js'
import { credentialsOf } from '../connected-accounts/credentials.js'
import { createTickets } from '../sessions/tickets.js'
import type { DataStore } from '../store.js'

const FOREVER_SECONDS = 10 * 365 * 24 * 3600

/** The tokens that a user has revoked at the provider that is simulated for a connection. */
function revokedTokens(store: DataStore, connection: string) {
  return createTickets(store, `simulator/${connection}`, 'RevokedToken', z.literal(true))
}

/** Revokes the tokens of an account, as a user does in the settings of the provider. The application gets no notice. */
export async function revokeAtProvider(store: DataStore, account: NamedAccount): Promise<void> {
  const { oauthToken } = credentialsOf(connectedAccountData(account).details)
  for (const token of [oauthToken?.accessToken, oauthToken?.refreshToken])
    if (token) await revokedTokens(store, account.connection_id).put(token, true, FOREVER_SECONDS)
}

export async function isRevoked(store: DataStore, connection: string, token: string): Promise<boolean> {
  return (await revokedTokens(store, connection).get(token)) === true
}
