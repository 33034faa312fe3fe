import type { Kysely } from 'kysely'
import type { Schema } from '../../storage/schema.js'
import {
  type AccountSelector,
  findAccount,
  matchingAccounts,
  type NamedAccount,
} from '../connected-accounts/connected-account-data.js'
import { connectionData } from '../connections/connection-data.js'
import { invalid, notFound } from '../domain-error.js'
import type { ProvidedTool } from './connector.js'

/** The key of the provider that an account is at. */
export function providerOf(account: Pick<NamedAccount, 'connection_data'>): string {
  return connectionData({ data: account.connection_data }).provider_key
}

/**
 * The account that a call of a tool is for. Without a connection, it is the one account that fits at the provider of the
 * tool.
 * @throws {DomainError} `not_found`; `invalid` when several fit, or the account is at another provider
 */
export async function accountForCall(
  db: Kysely<Schema>,
  environment: string,
  tool: ProvidedTool,
  by: AccountSelector,
): Promise<NamedAccount> {
  if (by.id || by.connector) {
    const account = await findAccount(db, environment, by)
    if (providerOf(account) === tool.provider) return account
    throw invalid(
      `${tool.name} is a tool of ${tool.provider}, and ${account.connector} is a connection to ${providerOf(account)}`,
    )
  }
  const whose = by.identifier || by.userId || by.organizationId
  if (!whose) throw invalid('Name the connected account: connected_account_id, or identifier and connector')
  const accounts = await (await matchingAccounts(db, environment, by)).execute()
  const [first, ...more] = accounts.filter((account) => providerOf(account) === tool.provider)
  if (first === undefined) throw notFound(`${whose} has no connected account at ${tool.provider}`)
  if (more.length === 0) return first
  const names = [first, ...more].map(({ connector }) => connector).join(', ')
  throw invalid(
    `${whose} has accounts at several connections to ${tool.provider}: give connector, one of ${names}`,
  )
}
