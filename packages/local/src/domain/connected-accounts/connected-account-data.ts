import { type Kysely, sql } from 'kysely'
import { z } from 'zod'
import type { ConnectedAccountRow, ConnectionRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { invalid, notFound } from '../domain-error.js'

const Details = z.record(z.string(), z.json())

/** What a connected account has beside its columns. `details`: tokens or keys, as JSON of their message. */
export const ConnectedAccountData = z.object({
  details: Details.optional(),
  /** Milliseconds. Undefined for credentials that do not expire, or whose expiry is unknown. */
  token_expires_at: z.number().optional(),
  /** What a user has granted, until the application has verified that user. */
  pending: z
    .object({ details: Details, token_expires_at: z.number().optional(), request: z.string() })
    .optional(),
  api_config: Details.optional(),
})
export type ConnectedAccountData = z.infer<typeof ConnectedAccountData>

/** An account with what its connection says about it. */
export type NamedAccount = ConnectedAccountRow & {
  readonly connector: string
  readonly connection_type: string
  readonly connection_enabled: number
  readonly connection_data: string
}

/** How a request names an account: by its id, or by the connection's name and whose it is. */
export interface AccountSelector {
  readonly id?: string | undefined
  readonly connector?: string | undefined
  readonly identifier?: string | undefined
  readonly organizationId?: string | undefined
  readonly userId?: string | undefined
}

function allAccounts(db: Kysely<Schema>) {
  return db
    .selectFrom('connected_accounts')
    .innerJoin('connections', 'connections.id', 'connected_accounts.connection_id')
}

export function accountsOf(db: Kysely<Schema>, environment: string) {
  return allAccounts(db).where('connected_accounts.environment_id', '=', environment)
}

export const withConnection = (query: ReturnType<typeof accountsOf>) =>
  query
    .selectAll('connected_accounts')
    .select([
      'connections.key_id as connector',
      'connections.type as connection_type',
      'connections.enabled as connection_enabled',
      'connections.data as connection_data',
    ])

/**
 * A connection of the environment by its name. Scalekit's samples mix upper and lower case: where no name is the same,
 * one that differs in case only is meant.
 * @throws {DomainError} `not_found`
 */
export async function namedConnection(
  db: Kysely<Schema>,
  environment: string,
  name: string,
): Promise<ConnectionRow> {
  const rows = await db
    .selectFrom('connections')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('organization_id', 'is', null)
    .where(sql<string>`lower(key_id)`, '=', name.toLowerCase())
    .orderBy('id')
    .execute()
  const row = rows.find(({ key_id }) => key_id === name) ?? rows[0]
  if (row) return row
  throw notFound(`connection not found: there is no connection named ${name} in this environment`)
}

/** @throws {DomainError} `invalid` when nothing is named, `not_found` for the connection or the account */
export async function findAccount(
  db: Kysely<Schema>,
  environment: string,
  by: AccountSelector,
): Promise<NamedAccount> {
  const whose = by.identifier || by.userId || by.organizationId
  if (!by.id && !(by.connector && whose)) {
    throw invalid('Name the connected account: id, or connector and identifier')
  }
  const row = await (await matchingAccounts(db, environment, by)).executeTakeFirst()
  if (row) return row
  throw notFound(`There is no connected account ${by.id || `${whose} of ${by.connector}`}`)
}

/** The same by its id; undefined if it does not exist. */
export function lookUpAccount(
  db: Kysely<Schema>,
  environment: string,
  id: string,
): Promise<NamedAccount | undefined> {
  return withConnection(accountsOf(db, environment))
    .where('connected_accounts.id', '=', id)
    .executeTakeFirst()
}

/** An account of any environment. */
export function accountWithId(db: Kysely<Schema>, id: string): Promise<NamedAccount | undefined> {
  return withConnection(allAccounts(db)).where('connected_accounts.id', '=', id).executeTakeFirst()
}

/** The accounts that a selector fits. @throws {DomainError} `not_found` for the connection */
export async function matchingAccounts(db: Kysely<Schema>, environment: string, by: AccountSelector) {
  let query = withConnection(accountsOf(db, environment))
  if (by.id) query = query.where('connected_accounts.id', '=', by.id)
  if (by.connector) {
    const { id } = await namedConnection(db, environment, by.connector)
    query = query.where('connected_accounts.connection_id', '=', id)
  }
  if (by.identifier) query = query.where('connected_accounts.identifier', '=', by.identifier)
  if (by.userId) query = query.where('connected_accounts.user_id', '=', by.userId)
  if (by.organizationId) query = query.where('connected_accounts.organization_id', '=', by.organizationId)
  return query.orderBy('connected_accounts.id')
}

export function connectedAccountData(row: Pick<ConnectedAccountRow, 'data'>): ConnectedAccountData {
  return ConnectedAccountData.parse(JSON.parse(row.data))
}
