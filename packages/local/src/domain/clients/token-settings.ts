import type { Database } from '../../storage/database.js'
import type { Partition } from '../environments/realm.js'
import { clientData } from './client-data.js'
import { customClaims } from './custom-claims.js'
import { type M2mClient, m2mClientAt } from './m2m-clients.js'

/** What a client's registration says about its tokens. */
export interface TokenSettings {
  /** The scopes that it is held to; undefined where it is not held to any. */
  readonly scopes: readonly string[] | undefined
  readonly customClaims: Readonly<Record<string, string>>
  /** How long its access tokens live, in seconds, where that is not left to the environment or the MCP server. */
  readonly lifetime: number | undefined
  /** A machine's client, created with the management API. */
  readonly machine: M2mClient | undefined
}

/** The settings of a client at one authorization server. One that registered itself has none. */
export async function tokenSettings(
  database: Database,
  partition: Partition,
  id: string,
): Promise<TokenSettings> {
  const machine = await m2mClientAt(database, partition, id)
  if (machine !== undefined)
    return {
      scopes: machine.scopes,
      customClaims: customClaims(machine.custom_claims),
      lifetime: machine.expiry,
      machine,
    }
  const row = await database.db
    .selectFrom('clients')
    .selectAll()
    .where('realm', '=', partition.realm)
    .where('id', '=', id)
    .executeTakeFirst()
  const data = row && clientData(row)
  return {
    scopes: data === undefined || data.scopes.length === 0 ? undefined : data.scopes,
    customClaims: customClaims(data?.custom_claims ?? []),
    lifetime: data?.access_token_expiry,
    machine: undefined,
  }
}
