import type { ClientMetadata } from 'oidc-provider'
import { z } from 'zod'
import type { Database } from '../engine/database.js'
import { storedHashes } from './client-secrets.js'

const Texts = z.array(z.string()).catch([])
const Data = z.looseObject({
  name: z.string().optional().catch(undefined),
  scopes: Texts,
  audience: Texts,
  custom_claims: z.array(z.object({ key: z.string(), value: z.string() })).catch([]),
  expiry: z.number().int().positive().catch(3600),
  redirect_uris: Texts,
})

/** A client that the management API made for a machine: of an organization (`m2morg_`) or of an MCP server (`m2m_`). */
export interface M2mClient extends z.infer<typeof Data> {
  id: string
  organizationId: string | null
  secrets: string
}

export async function findM2mClient(
  database: Database,
  realm: string,
  id: string,
): Promise<M2mClient | undefined> {
  const row = await database.db
    .selectFrom('m2m_clients')
    .selectAll()
    .where('environment_id', '=', realm)
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined) return undefined
  return {
    ...Data.parse(JSON.parse(row.data)),
    id,
    organizationId: row.organization_id,
    secrets: row.secrets,
  }
}

/** Such a client as oidc-provider wants it. */
export function m2mMetadata(client: M2mClient): ClientMetadata {
  const signsIn = client.redirect_uris.length > 0
  return {
    client_id: client.id,
    client_name: client.name || undefined,
    client_secret: storedHashes(client.secrets),
    token_endpoint_auth_method: 'client_secret_basic',
    redirect_uris: client.redirect_uris,
    response_types: signsIn ? ['code'] : [],
    grant_types: ['client_credentials', ...(signsIn ? ['authorization_code', 'refresh_token'] : [])],
  }
}

/** What is in the tokens of an organization's client: whom they are for, whom it acts for, and its custom claims. */
export function m2mClaims(client: M2mClient, issuer: string) {
  return {
    custom: Object.fromEntries(client.custom_claims.map(({ key, value }) => [key, value])),
    claims: {
      aud: client.audience.length > 0 ? client.audience : [issuer],
      ...(client.organizationId === null ? {} : { oid: client.organizationId }),
    },
  }
}
