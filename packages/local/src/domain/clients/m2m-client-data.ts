import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { M2mClientRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { invalid, notFound } from '../domain-error.js'
import { refuseReservedClaims } from './custom-claims.js'
import { refuseWrongUris } from './redirect-uris.js'

const Texts = z.array(z.string()).default([])
/** How long the tokens of an organization's client live, in seconds, if nothing else is said. */
export const DEFAULT_EXPIRY = 3600
const SHORTEST_EXPIRY = 300

/**
 * What a machine's client has beside its columns. `expiry`: how long its tokens live, in seconds; without it, as long as
 * those of its MCP server.
 */
export const M2mClientData = z.object({
  name: z.string().default(''),
  description: z.string().default(''),
  scopes: Texts,
  audience: Texts,
  custom_claims: z.array(z.object({ key: z.string(), value: z.string() })).default([]),
  expiry: z.number().optional(),
  redirect_uris: Texts,
})
export type M2mClientData = z.infer<typeof M2mClientData>

export function m2mClientData(row: M2mClientRow): M2mClientData {
  return M2mClientData.parse(JSON.parse(row.data))
}

/** Whose client: an organization's, or one of an MCP server. */
export type Owner = { readonly organization_id: string } | { readonly resource_id: string }

/** The clients of one owner. */
export function m2mClientsOf(db: Kysely<Schema>, environment: string, owner: Owner) {
  const query = db.selectFrom('m2m_clients').where('environment_id', '=', environment)
  return 'organization_id' in owner
    ? query.where('organization_id', '=', owner.organization_id)
    : query.where('resource_id', '=', owner.resource_id)
}

/** @throws {DomainError} `not_found`, also for a client of another owner */
export async function findM2mClient(
  db: Kysely<Schema>,
  environment: string,
  owner: Owner,
  id: string,
): Promise<M2mClientRow> {
  const row = await m2mClientsOf(db, environment, owner).selectAll().where('id', '=', id).executeTakeFirst()
  if (row) return row
  throw notFound(`${Object.values(owner)[0]} has no client ${JSON.stringify(id)}`)
}

/** What a request can say about a machine's client. `expiry`: seconds; redirect URIs only for one of an MCP server. */
export interface M2mClientFields {
  readonly name: string
  readonly description: string
  readonly scopes: string[]
  readonly audience: string[]
  readonly customClaims: readonly { readonly key: string; readonly value: string }[]
  readonly expiry: bigint
  readonly redirectUris?: string[]
}

/** @throws {DomainError} `invalid` for a lifetime that is too short, or a redirect URI or a custom claim that is refused */
export function changedM2mData(
  before: M2mClientData,
  message: M2mClientFields,
  fields: ReadonlySet<string>,
  environment: 'DEV' | 'PRD',
): M2mClientData {
  const changes: Readonly<Record<string, Partial<M2mClientData>>> = {
    name: { name: message.name },
    description: { description: message.description },
    scopes: { scopes: message.scopes },
    audience: { audience: message.audience },
    customClaims: { custom_claims: message.customClaims.map(({ key, value }) => ({ key, value })) },
    expiry: { expiry: Number(message.expiry) || undefined },
    redirectUris: { redirect_uris: message.redirectUris ?? [] },
  }
  const named = Object.entries(changes).filter(([name]) => fields.has(name))
  const data = M2mClientData.parse(Object.assign({ ...before }, ...named.map(([, change]) => change)))
  if (data.expiry !== undefined && data.expiry < SHORTEST_EXPIRY) {
    const description = `must be ${SHORTEST_EXPIRY} seconds at least`
    throw invalid(`client.expiry: ${description}`, [{ field: 'client.expiry', description }])
  }
  if (fields.has('customClaims')) refuseReservedClaims(data.custom_claims)
  const rules = { environment }
  refuseWrongUris(rules, { redirect_uris: data.redirect_uris }, new Set(before.redirect_uris))
  return data
}
