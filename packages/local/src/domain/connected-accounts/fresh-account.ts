import { ProviderFailure, type ProviderTokens } from '../agent-tools/providers.js'
import type { Store } from '../store.js'
import {
  type ConnectedAccountData,
  connectedAccountData,
  findAccount,
  type NamedAccount,
} from './connected-account-data.js'
import { credentialsOf } from './credentials.js'
import { saveAccount } from './save-account.js'

/** Source: Scalekit's documentation of token refresh. */
const EARLY_MS = 5 * 60_000

/**
 * An account with a token that is valid: one that expires within five minutes is refreshed. An account whose token has
 * expired and cannot be refreshed has expired too. A token whose expiry is unknown is used as it is.
 */
export async function freshAccount(store: Store, account: NamedAccount): Promise<NamedAccount> {
  const { details, token_expires_at = Number.POSITIVE_INFINITY } = connectedAccountData(account)
  const { oauthToken, googleDwd } = credentialsOf(details)
  const { providers } = store.agentTools
  const refreshToken = oauthToken?.refreshToken
  const subject = googleDwd?.subject
  const left = token_expires_at - store.clock.now()
  const isDue = left <= (refreshToken || subject ? EARLY_MS : 0) || (subject && !googleDwd.accessToken)
  if (account.status !== 'ACTIVE' || !isDue) return account
  try {
    if (subject)
      return await change(store, account, await providers.impersonate(account.connection_id, subject))
    if (!refreshToken) return await change(store, account, undefined)
    return await change(store, account, await providers.refresh(account.connection_id, refreshToken))
  } catch (failure) {
    if (!(failure instanceof ProviderFailure)) throw failure
    return change(store, account, undefined, true)
  }
}

/** Without tokens, the account expires. What has changed in the meantime stays. */
function change(
  { database, clock }: Store,
  { id, environment_id, data: read }: NamedAccount,
  tokens: ProviderTokens | undefined,
  failed = false,
): Promise<NamedAccount> {
  return database.transaction(async (db) => {
    const account = await findAccount(db, environment_id, { id })
    // Another call may have refreshed it, with a refresh token that works once.
    if (account.status !== 'ACTIVE' || account.data !== read) return account
    if (tokens === undefined) {
      const causes = failed ? (['token_refresh_failed'] as const) : []
      return saveAccount(
        db,
        clock,
        account,
        { status: 'EXPIRED', data: account.data },
        { causes, updated: false },
      )
    }
    const data = JSON.stringify(withTokens(connectedAccountData(account), tokens, clock.now()))
    const causes = ['token_refresh_succeeded'] as const
    return saveAccount(db, clock, account, { status: 'ACTIVE', data }, { causes, updated: false })
  })
}

/** Tokens in the place of earlier ones. A provider that sends no new refresh token leaves the one that there is. */
export function withTokens(
  data: ConnectedAccountData,
  { accessToken, refreshToken, scopes, expiresInSeconds }: ProviderTokens,
  now: number,
): ConnectedAccountData {
  const form = data.details?.googleDwd ? 'googleDwd' : 'oauthToken'
  const before = data.details?.[form]
  const kept = typeof before === 'object' && before !== null && !Array.isArray(before) ? before : {}
  const token_expires_at = now + expiresInSeconds * 1000
  const details = {
    ...kept,
    accessToken,
    ...(scopes && { scopes: [...scopes] }),
    ...(refreshToken && { refreshToken }),
    ...(form === 'googleDwd' && { tokenExpiresAt: new Date(token_expires_at).toISOString() }),
  }
  return { ...data, details: { [form]: details }, token_expires_at }
}
