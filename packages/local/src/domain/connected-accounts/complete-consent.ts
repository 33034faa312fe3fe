import { randomBytes } from 'node:crypto'
import { hashSecret } from '../../storage/secret-hash.js'
import type { ProviderTokens } from '../agent-tools/providers.js'
import { notFound } from '../domain-error.js'
import { userVerification } from '../environments/user-verification.js'
import type { DataStore } from '../store.js'
import { type LinkData, REQUEST_SECONDS, verificationRequests } from './account-requests.js'
import {
  connectedAccountData,
  findAccount,
  lookUpAccount,
  type NamedAccount,
} from './connected-account-data.js'
import { withTokens } from './fresh-account.js'
import { saveAccount } from './save-account.js'

/** Where a user goes on: nowhere, or to the application, which verifies who it is. */
export type ConsentOutcome = { readonly verifyUrl: string | undefined }

/**
 * A user has allowed access, and here are the tokens. Where the environment leaves verification to the application, they
 * wait for it.
 * @returns undefined where the application gave no URL for that; the account stays as it was
 */
export async function completeConsent(
  store: DataStore,
  { id, environment_id: environment }: NamedAccount,
  { state, user_verify_url }: LinkData,
  tokens: ProviderTokens,
): Promise<ConsentOutcome | undefined> {
  const { database, clock } = store
  const custom = (await userVerification(database.db, environment)) === 'custom'
  if (custom && !user_verify_url) return undefined
  const requestId = randomBytes(32).toString('base64url')
  await database.transaction(async (db) => {
    const account = await findAccount(db, environment, { id })
    const { pending: _, ...data } = connectedAccountData(account)
    const { details = {}, token_expires_at } = withTokens(data, tokens, clock.now())
    const pending = { details, token_expires_at, request: hashSecret(requestId) }
    const changed = custom ? { ...data, pending } : { ...data, details, token_expires_at }
    const status = custom ? 'PENDING_VERIFICATION' : 'ACTIVE'
    const causes = ['oauth_succeeded', 'oauth_tokens_fetched'] as const
    await saveAccount(db, clock, account, { status, data: JSON.stringify(changed) }, { causes })
  })
  if (!custom || !user_verify_url) return { verifyUrl: undefined }
  await verificationRequests(store, environment).put(requestId, { account: id }, REQUEST_SECONDS)
  const url = new URL(user_verify_url)
  url.searchParams.set('auth_request_id', requestId)
  if (state) url.searchParams.set('state', state)
  return { verifyUrl: url.href }
}

/**
 * The application says who its user is. The account is active when that is who was to connect it. For anybody else the
 * request stays as it is.
 * @returns undefined for another user
 * @throws {DomainError} `not_found` for a request that is unknown, used or replaced by a later one
 */
export async function verifyAccountUser(
  store: DataStore,
  environment: string,
  requestId: string,
  identifier: string,
): Promise<NamedAccount | undefined> {
  const { database, clock } = store
  const requests = verificationRequests(store, environment)
  const known = await requests.get(requestId)
  return database.transaction(async (db) => {
    const account = known && (await lookUpAccount(db, environment, known.account))
    const { pending, ...data } = account ? connectedAccountData(account) : {}
    if (account?.status !== 'PENDING_VERIFICATION' || pending?.request !== hashSecret(requestId))
      throw notFound('auth request not found or no longer valid: ask for a new link')
    if (account.identifier !== identifier) return undefined
    const { details, token_expires_at } = pending
    const promoted = JSON.stringify({ ...data, details, token_expires_at })
    return saveAccount(db, clock, account, { status: 'ACTIVE', data: promoted })
  })
}
