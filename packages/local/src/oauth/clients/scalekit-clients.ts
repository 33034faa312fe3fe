import { randomBytes } from 'node:crypto'
import type { ClientMetadata } from 'oidc-provider'
import { z } from 'zod'
import type { Database } from '../../storage/database.js'
import type { ClientRow } from '../../storage/schema.js'
import { hashSecret } from '../../storage/secret-hash.js'
import { storedHashes } from '../../domain/clients/stored-hashes.js'
import { ID_JAG_GRANT, TOKEN_EXCHANGE_GRANT } from '../tokens/grant-types.js'
import type { Partition } from '../server/record-adapter.js'

const uris = z.array(z.string()).catch([])
const Data = z.looseObject({
  post_login_uris: uris,
  post_logout_redirect_uris: uris,
  name: z.string().optional().catch(undefined),
})

const NOBODY: ClientRow = {
  ...{ id: 'skc_0', realm: '', client_type: 'ENV', created_at: 0, updated_at: 0 },
  secrets: JSON.stringify([
    { id: 'sec_0', hash: hashSecret(randomBytes(32).toString('hex')), status: 'ACTIVE' },
  ]),
  data: JSON.stringify({ name: 'Nobody', post_login_uris: [], post_logout_redirect_uris: [] }),
}

const PUBLIC_TYPES = ['SPA', 'NTV']

/** Whether an id is that of one of Scalekit's own clients, and not of one that registered itself. */
export function isScalekitClient(clientId: string): boolean {
  return clientId.startsWith('skc_')
}

/** One of Scalekit's own clients, as oidc-provider wants it. Its "secret" is the list of the hashes. */
export async function findScalekitClient(
  database: Database,
  { realm, server }: Partition,
  id: string,
): Promise<ClientMetadata | undefined> {
  const row = await database.db
    .selectFrom('clients')
    .selectAll()
    .where('realm', '=', realm)
    .where('id', '=', id)
    .executeTakeFirst()
  return row && toMetadata(row, exchangeOf({ realm, server }))
}

/** A client without a secret that anybody could know: it stands for all that do not exist. */
export function nobody(partition: Partition): ClientMetadata {
  return toMetadata(NOBODY, exchangeOf(partition))
}

function exchangeOf({ realm, server }: Partition): string {
  return server === realm ? TOKEN_EXCHANGE_GRANT : ID_JAG_GRANT
}

/** `exchange` is the grant by which one token becomes another: each kind of authorization server has its own. */
function toMetadata(row: ClientRow, exchange: string): ClientMetadata {
  const data = Data.parse(JSON.parse(row.data))
  const isPublic = PUBLIC_TYPES.some((type) => row.client_type.endsWith(type))
  const signsIn = data.post_login_uris.length > 0
  const metadata: ClientMetadata = {
    client_id: row.id,
    client_name: data.name,
    application_type: isPublic ? 'native' : 'web',
    redirect_uris: data.post_login_uris,
    post_logout_redirect_uris: data.post_logout_redirect_uris,
    response_types: signsIn ? ['code'] : [],
    grant_types: [
      ...(signsIn ? ['authorization_code', 'refresh_token'] : []),
      ...(isPublic ? [] : ['client_credentials', exchange]),
    ],
    token_endpoint_auth_method: isPublic ? 'none' : 'client_secret_basic',
  }
  if (isPublic) return metadata
  return {
    ...metadata,
    client_secret: storedHashes(row.secrets),
  }
}
