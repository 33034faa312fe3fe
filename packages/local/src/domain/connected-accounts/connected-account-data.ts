import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { ConnectedAccountRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { invalid, notFound } from '../domain-error.js'

/** What a connected account has beside its columns. `details`: tokens or keys, as JSON of their message. */
export const ConnectedAccountData = z.object({
  details: z.record(z.string(), z.json()).optional(),
  api_config: z.record(z.string(), z.json()).optional(),
})
export type ConnectedAccountData = z.infer<typeof ConnectedAccountData>

/** An account with what its connection says about it. */
export type NamedAccount = ConnectedAccountRow & {
  readonly connector: string
  readonly connection_type: string
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

export function accountsOf(db: Kysely<Schema>, environment: string) {
  return db
    .selectFrom('connected_accounts')
    .innerJoin('connections', 'connections.id', 'connected_accounts.connection_id')
    .where('connected_accounts.environment_id', '=', environment)
}

export const withConnection = (query: ReturnType<typeof accountsOf>) =>
  query
    .selectAll('connected_accounts')
    .select([
      'connections.key_id as connector',
      'connections.type as connection_type',
      'connections.data as connection_data',
    ])

/** @throws {DomainError} `invalid` when nothing is named, `not_found` */
export async function findAccount(
  db: Kysely<Schema>,
  environment: string,
  by: AccountSelector,
): Promise<NamedAccount> {
  const whose = by.identifier || by.userId || by.organizationId
  if (!by.id && !(by.connector && whose)) {
    throw invalid('Name the connected account: id, or connector and identifier')
  }
  let query = withConnection(accountsOf(db, environment))
  if (by.id) query = query.where('connected_accounts.id', '=', by.id)
  if (by.connector) query = query.where('connections.key_id', '=', by.connector)
  if (by.identifier) query = query.where('connected_accounts.identifier', '=', by.identifier)
  if (by.userId) query = query.where('connected_accounts.user_id', '=', by.userId)
  if (by.organizationId) query = query.where('connected_accounts.organization_id', '=', by.organizationId)
  const row = await query.executeTakeFirst()
  if (row) return row
  throw notFound(`There is no connected account ${by.id || `${whose} of ${by.connector}`}`)
}

export function connectedAccountData(row: ConnectedAccountRow): ConnectedAccountData {
  return ConnectedAccountData.parse(JSON.parse(row.data))
}
