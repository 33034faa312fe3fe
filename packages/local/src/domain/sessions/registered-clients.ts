import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import type { clients } from '@scalekit-mcp/api'
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

export function toRegisteredClient(
  client: RegisteredClient,
  server: string,
): MessageInitShape<typeof clients.M2MClientSchema> {
  return {
    clientId: client.id,
    name: client.name,
    resourceId: server,
    redirectUris: client.redirectUris,
    createTime: timestampFromMs(client.registeredAt),
    updateTime: timestampFromMs(client.registeredAt),
    isDcr: true,
  }
}
