import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Code } from '@connectrpc/connect'
import { apiError, type clients } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { ClientRow, Schema } from '../../storage/schema.js'
import { readSecrets, toClientSecret } from './secrets.js'

const Texts = z.array(z.string()).default([])

/** What a client has beside its columns, by the names of the API. */
export const ClientData = z.looseObject({
  name: z.string().default(''),
  post_login_uris: Texts,
  post_logout_redirect_uris: Texts,
  back_channel_logout_uris: Texts,
  initiate_login_uri: z.string().default(''),
  access_token_expiry: z.number().optional(),
  scopes: Texts,
  custom_claims: z.array(z.object({ key: z.string(), value: z.string() })).default([]),
  disallow_scalekit_api_access: z.boolean().default(false),
  grant_types: Texts,
  enforce_pkce: z.boolean().default(false),
})
export type ClientData = z.infer<typeof ClientData>

/** The types of client that hold no secret. */
const PUBLIC = ['SPA', 'NTV']

export function clientData(row: ClientRow): ClientData {
  return ClientData.parse(JSON.parse(row.data))
}

export function isPublic({ client_type }: ClientRow): boolean {
  return PUBLIC.includes(client_type)
}

/** @throws {ConnectError} NotFound, also for a client of another environment */
export async function findClient(db: Kysely<Schema>, environment: string, id: string): Promise<ClientRow> {
  const row = await db
    .selectFrom('clients')
    .selectAll()
    .where('realm', '=', environment)
    .where('id', '=', id)
    .executeTakeFirst()
  if (row) return row
  throw apiError(Code.NotFound, `There is no client ${JSON.stringify(id)} in this environment`)
}

export function toClient(row: ClientRow): MessageInitShape<typeof clients.ClientSchema> {
  const data = clientData(row)
  return {
    id: row.id,
    keyId: row.id,
    createTime: timestampFromMs(row.created_at),
    updateTime: timestampFromMs(row.updated_at),
    secrets: readSecrets(row).map(toClientSecret),
    clientType: row.client_type,
    name: data.name,
    postLoginUris: data.post_login_uris,
    postLogoutRedirectUris: data.post_logout_redirect_uris,
    backChannelLogoutUris: data.back_channel_logout_uris,
    initiateLoginUri: data.initiate_login_uri,
    scopes: data.scopes,
    customClaims: data.custom_claims,
    disallowScalekitApiAccess: data.disallow_scalekit_api_access,
    grantTypes: data.grant_types,
    enforcePkce: data.enforce_pkce,
    ...(data.access_token_expiry !== undefined && { accessTokenExpiry: BigInt(data.access_token_expiry) }),
  }
}
