import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Schema } from '../../storage/schema.js'
import { partition } from './grant-records.js'

const Payload = z.looseObject({
  client_id: z.string(),
  client_name: z.string().default(''),
  redirect_uris: z.array(z.string()).default([]),
  client_id_issued_at: z.number().default(0),
})

export interface RegisteredClient {
  readonly id: string
  readonly hash: string
  readonly name: string
  readonly redirectUris: string[]
  readonly registeredAt: number
}

/** How long a client that nobody uses stays registered: as long as a consent would last. */
const UNUSED_MS = 365 * 24 * 3600_000

/** Deletes the clients that registered themselves a year ago or earlier, and that nobody has a consent for. */
export async function sweepRegistered(db: Kysely<Schema>, now: number): Promise<void> {
  const rows = await db
    .selectFrom('oidc_records')
    .select(['realm', 'id_hash', 'payload'])
    .where('model', '=', 'Client')
    .execute()
  const old = rows.flatMap(({ payload, ...row }) => {
    const { client_id, client_id_issued_at } = Payload.parse(JSON.parse(payload))
    return client_id_issued_at * 1000 < now - UNUSED_MS ? [{ ...row, cause: `client:${client_id}` }] : []
  })
  for (const { realm, id_hash, cause } of old)
    await db
      .deleteFrom('oidc_records')
      .where('realm', '=', realm)
      .where('model', '=', 'Client')
      .where('id_hash', '=', id_hash)
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('dependents').select('id').where('depends_on', '=', cause))),
      )
      .execute()
}

/** The clients that registered themselves with an MCP server (RFC 7591), newest first. */
export async function listRegistered(
  db: Kysely<Schema>,
  environment: string,
  server: string,
): Promise<RegisteredClient[]> {
  const rows = await db
    .selectFrom('oidc_records')
    .select(['id_hash', 'payload'])
    .where('realm', '=', partition(environment, server))
    .where('model', '=', 'Client')
    .execute()
  const found = rows.map(({ id_hash, payload }) => {
    const client = Payload.parse(JSON.parse(payload))
    return {
      id: client.client_id,
      hash: id_hash,
      name: client.client_name,
      redirectUris: client.redirect_uris,
      registeredAt: client.client_id_issued_at * 1000,
    }
  })
  return found.sort((a, b) => (a.id < b.id ? 1 : -1))
}
