import { randomBytes } from 'node:crypto'
import type { ClientMetadata } from 'oidc-provider'
import { clientIn } from '../../domain/clients/callbacks.js'
import { clientData, isPublic } from '../../domain/clients/client-data.js'
import { ID_JAG_GRANT, SIGN_IN_GRANTS, TOKEN_EXCHANGE_GRANT } from '../../domain/clients/client-grants.js'
import { isTemplate } from '../../domain/clients/redirect-templates.js'
import type { Partition } from '../../domain/environments/realm.js'
import type { Database } from '../../storage/database.js'
import type { ClientRow } from '../../storage/schema.js'
import { hashSecret } from '../../storage/secret-hash.js'
import { storedHashes } from './client-secrets.js'
import { MANAGED } from './registered-uris.js'

/** What stands for callback URLs that all need an organization where there is none. Nobody can ask for it. */
const NOWHERE = `https://${randomBytes(16).toString('hex')}.invalid/`

const NOBODY: ClientRow = {
  ...{ id: 'skc_0', realm: '', client_type: 'ENV', created_at: 0, updated_at: 0 },
  secrets: JSON.stringify([
    { id: 'sec_0', hash: hashSecret(randomBytes(32).toString('hex')), status: 'ACTIVE' },
  ]),
  data: JSON.stringify({ name: 'Nobody', post_login_uris: [], post_logout_redirect_uris: [] }),
}

/** Whether an id is that of one of Scalekit's own clients, and not of one that registered itself. */
export function isScalekitClient(clientId: string): boolean {
  return clientId.startsWith('skc_')
}

/** One of Scalekit's own clients, as oidc-provider wants it. Its "secret" is the list of the hashes. */
export async function findScalekitClient(
  database: Database,
  { realm, server }: Partition,
  id: string,
  organization: string | undefined,
): Promise<ClientMetadata | undefined> {
  const row = await database.db
    .selectFrom('clients')
    .selectAll()
    .where('realm', '=', realm)
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const data = await clientIn(database.db, realm, organization, clientData(row))
  const needsOrganization = data.post_login_uris.length === 0 && clientData(row).post_login_uris.length > 0
  const usable = needsOrganization ? { ...data, post_login_uris: [NOWHERE] } : data
  const metadata = toMetadata({ ...row, data: JSON.stringify(usable) }, exchangeOf({ realm, server }))
  const lacksOrganization = organization === undefined && clientData(row).post_login_uris.some(isTemplate)
  return lacksOrganization ? { ...metadata, lacks_organization: true } : metadata
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
  const data = clientData(row)
  const signsIn = data.post_login_uris.length > 0
  const possible = [
    ...(signsIn ? SIGN_IN_GRANTS : []),
    ...(isPublic(row) ? [] : ['client_credentials', exchange]),
  ]
  // A registration without grant types is for all.
  const grants = possible.filter((grant) => data.grant_types.length === 0 || data.grant_types.includes(grant))
  const metadata: ClientMetadata = {
    client_id: row.id,
    client_name: data.name || undefined,
    application_type: row.client_type.endsWith('NTV') ? 'native' : 'web',
    enforce_pkce: data.enforce_pkce,
    ...MANAGED,
    redirect_uris: data.post_login_uris,
    post_logout_redirect_uris: data.post_logout_redirect_uris,
    response_types: grants.includes('authorization_code') ? ['code'] : [],
    grant_types: grants,
    token_endpoint_auth_method: isPublic(row) ? 'none' : 'client_secret_basic',
  }
  if (isPublic(row)) return metadata
  return {
    ...metadata,
    client_secret: storedHashes(row.secrets),
  }
}
