import type { Kysely } from 'kysely'
import type { Clock } from '../storage/clock.js'
import { newId } from '../storage/ids.js'
import { insertRows } from '../storage/insert-rows.js'
import type { Schema } from '../storage/schema.js'
import { hashSecret } from '../storage/secret-hash.js'
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
  const clients = seed.clients.map((client) => {
    const secrets = JSON.stringify(client.secrets.map((secret) => storedSecret(secret, clock)))
    const row = { id: client.id, realm, client_type: client.type, secrets, data: JSON.stringify(client.data) }
    return { ...row, ...stamp(client) }
  })
  await insertRows(db, 'clients', clients)
  const servers = seed.mcp_servers.map((server) => {
    const { id, url, name } = server
    const [scopes, data] = [JSON.stringify(server.scopes), JSON.stringify(server.data)]
    return { id, realm, url, name, scopes, data, ...stamp(server) }
  })
  await insertRows(db, 'resources', servers)
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
