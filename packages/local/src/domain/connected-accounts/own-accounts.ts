import type { Kysely } from 'kysely'
import type { ConnectionRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { connectionData } from '../connections/connection-data.js'
import { notFound } from '../domain-error.js'
import { accountsOf, type NamedAccount, withConnection } from './connected-account-data.js'

type Db = Kysely<Schema>

/** A signed-in user, and the organization that they act in, if any. */
export interface AccountOwner {
  readonly environment: string
  readonly user: string
  readonly organization: string | undefined
}

/** The connections that agents of an environment use, oldest first. */
export async function appConnections(db: Db, environment: string): Promise<ConnectionRow[]> {
  const rows = await db
    .selectFrom('connections')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('organization_id', 'is', null)
    .orderBy('id')
    .execute()
  return rows.filter((row) => connectionData(row).is_app)
}

/**
 * The accounts of a user, except those in another organization: accounts with the user's `user_id`, and accounts without one
 * whose identifier is the id of the user. The application chooses any other identifier, so it does not prove who owns an account.
 */
export async function ownAccounts(
  db: Db,
  { environment, user, organization }: AccountOwner,
): Promise<NamedAccount[]> {
  const accounts = await withConnection(accountsOf(db, environment))
    .where((where) =>
      where.or([
        where('connected_accounts.user_id', '=', user),
        where.and([
          where('connected_accounts.user_id', 'is', null),
          where('connected_accounts.identifier', '=', user),
        ]),
      ]),
    )
    .orderBy('connected_accounts.id')
    .execute()
  return accounts.filter(
    ({ organization_id }) =>
      organization === undefined || organization_id === null || organization_id === organization,
  )
}

/** The account of a user at a connection: the active one, where there are several. */
export function accountAt(
  accounts: readonly NamedAccount[],
  { id }: Pick<ConnectionRow, 'id'>,
): NamedAccount | undefined {
  const there = accounts.filter(({ connection_id }) => connection_id === id)
  return there.find(({ status }) => status === 'ACTIVE') ?? there[0]
}

/** @throws {DomainError} `not_found`, also for an account of somebody else */
export async function findOwnAccount(db: Db, owner: AccountOwner, id: string): Promise<NamedAccount> {
  const account = (await ownAccounts(db, owner)).find((one) => one.id === id)
  if (account) return account
  throw notFound(`You have no connected account ${JSON.stringify(id)}`)
}
