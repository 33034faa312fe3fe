import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Schema } from '../../storage/schema.js'
import { hashSecret } from '../../storage/secret-hash.js'
import type { Store } from '../store.js'
import { endDependents, endGrant } from './end.js'

const Payload = z.looseObject({
  accountId: z.string(),
  clientId: z.string(),
  iat: z.number().default(0),
  resources: z.record(z.string(), z.string()).default({}),
})

/** What a person allowed a client of an MCP server to do: a grant of its authorization server. */
export interface Consent {
  readonly id: string
  readonly userId: string
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly grantedAt: number
  /** How the records know the grant. */
  readonly hash: string
}

/** The valid consents for an MCP server. */
export async function listConsents(
  { clock }: Store,
  db: Kysely<Schema>,
  environment: string,
  server: string,
): Promise<Consent[]> {
  const rows = await db
    .selectFrom('oidc_records')
    .select(['id_hash', 'payload'])
    .where('realm', '=', partition(environment, server))
    .where('model', '=', 'Grant')
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', clock.now())]))
    .execute()
  return rows.map(({ id_hash, payload }) => {
    const { accountId, clientId, iat, resources } = Payload.parse(JSON.parse(payload))
    return {
      id: consentId(id_hash),
      userId: accountId,
      clientId,
      scopes: [...new Set(Object.values(resources).flatMap((scope) => scope.split(' ').filter(Boolean)))],
      grantedAt: iat * 1000,
      hash: id_hash,
    }
  })
}

/** Ends a consent, with every code and token that came from it. */
export async function revokeConsent(
  { clock }: Store,
  db: Kysely<Schema>,
  environment: string,
  server: string,
  { hash }: Pick<Consent, 'hash'>,
): Promise<void> {
  const realm = partition(environment, server)
  for (const grant of await grantIds(db, realm))
    if (hashSecret(grant) === hash) await endGrant(db, clock, grant)
  await db
    .deleteFrom('oidc_records')
    .where('realm', '=', realm)
    .where('model', '=', 'Grant')
    .where('id_hash', '=', hash)
    .execute()
}

/** Ends everything that the authorization server of an MCP server holds: clients, consents, codes, tokens. */
export async function deleteServerRecords(
  store: Store,
  db: Kysely<Schema>,
  environment: string,
  server: string,
): Promise<void> {
  for (const consent of await listConsents(store, db, environment, server)) {
    await revokeConsent(store, db, environment, server, consent)
  }
  await endDependents(db, store.clock, `resource:${server}`)
  await db.deleteFrom('oidc_records').where('realm', '=', partition(environment, server)).execute()
}

/** Where the authorization server of an MCP server keeps its records. */
export function partition(environment: string, server: string): string {
  return `${environment}/${server}`
}

/** The ids of grants, as what came from them knows them. A grant's own record has only a hash. */
async function grantIds(db: Kysely<Schema>, realm: string): Promise<Set<string>> {
  const records = await db.selectFrom('oidc_records').select('grant_id').where('realm', '=', realm).execute()
  const grants = await db.selectFrom('dependents').select('id').where('kind', '=', 'grant').execute()
  return new Set([...records.flatMap(({ grant_id }) => grant_id ?? []), ...grants.map(({ id }) => id)])
}

function consentId(hash: string): string {
  const digits = createHash('sha256').update(hash).digest().readBigUInt64BE() % 10n ** 18n
  return `usrcnst_${String(digits).padStart(18, '0')}`
}
