import type { Kysely } from 'kysely'
import type { Clock } from '../engine/clock.js'
import { newId } from '../engine/ids.js'
import type { Schema } from '../engine/schema.js'
import { hashSecret } from '../engine/secret-hash.js'
import type { ParsedSeed } from './schema.js'
import { stamper } from './stamp.js'

type Realm = Pick<ParsedSeed['workspace'], 'clients' | 'mcp_servers'>
type Secret = Realm['clients'][number]['secrets'][number]

/** Writes the clients and MCP servers of a realm. Of a secret, only the hash is kept. */
export async function loadClients(
  db: Kysely<Schema>,
  realm: string,
  seed: Realm,
  clock: Clock,
): Promise<void> {
  const stamp = stamper(clock)
  for (const client of seed.clients) {
    const secrets = JSON.stringify(client.secrets.map((secret) => storedSecret(secret, clock)))
    const row = { id: client.id, realm, client_type: client.type, secrets, data: JSON.stringify(client.data) }
    await db
      .insertInto('clients')
      .values({ ...row, ...stamp(client) })
      .execute()
  }
  for (const server of seed.mcp_servers) {
    const { id, url, name } = server
    const row = {
      id,
      realm,
      url,
      name,
      scopes: JSON.stringify(server.scopes),
      data: JSON.stringify(server.data),
    }
    await db
      .insertInto('resources')
      .values({ ...row, ...stamp(server) })
      .execute()
  }
}

function storedSecret(secret: Secret, clock: Clock) {
  if (!('value' in secret)) {
    const { sha256, ...rest } = secret
    return { ...rest, hash: sha256 }
  }
  const { value } = secret
  return {
    id: newId('sec'),
    hash: hashSecret(value),
    suffix: value.slice(-4),
    status: 'ACTIVE',
    created_at: clock.now(),
  }
}
