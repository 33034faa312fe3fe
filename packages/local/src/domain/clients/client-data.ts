import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { ClientRow, Schema } from '../../storage/schema.js'
import { notFound } from '../domain-error.js'

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
  return isPublicType(client_type)
}

export function isPublicType(client_type: string): boolean {
  return PUBLIC.some((type) => client_type.endsWith(type))
}

/** @throws {DomainError} `not_found`, also for a client of another environment */
export async function findClient(db: Kysely<Schema>, environment: string, id: string): Promise<ClientRow> {
  const row = await db
    .selectFrom('clients')
    .selectAll()
    .where('realm', '=', environment)
    .where('id', '=', id)
    .executeTakeFirst()
  if (row) return row
  throw notFound(`There is no client ${JSON.stringify(id)} in this environment`)
}
