import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { DomainRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { notFound } from '../domain-error.js'

/** What a domain has beside its columns: the DNS record that proves whose it is. */
export const DomainData = z.object({
  txt_record_key: z.string().default(''),
  txt_record_secret: z.string().default(''),
  verification_method: z.enum(['ADMIN', 'DNS', 'NOT_APPLICABLE']).default('ADMIN'),
})
export type DomainData = z.infer<typeof DomainData>

export function domainData(row: DomainRow): DomainData {
  return DomainData.parse(JSON.parse(row.data))
}

export function domainsOf(db: Kysely<Schema>, environment: string): Promise<DomainRow[]> {
  return db
    .selectFrom('domains')
    .selectAll()
    .where('environment_id', '=', environment)
    .orderBy('id')
    .execute()
}

/** The part of an e-mail address that says whose it is. */
export function domainOf(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1).toLowerCase()
}

/** Whether somebody vouches for a domain, or has proven it. */
export function isVerified({ status }: DomainRow): boolean {
  return status === 'VERIFIED' || status === 'AUTO_VERIFIED'
}

/** Whether a row makes an e-mail domain an organization's own. Domains match exactly; a subdomain is another domain. */
export function isOwnDomain(row: DomainRow, organization: string | null, name: string): boolean {
  return (
    row.domain === name.toLowerCase() &&
    row.type === 'ORGANIZATION_DOMAIN' &&
    isVerified(row) &&
    row.organization_id === organization
  )
}

/** @throws {DomainError} `not_found`, also for a domain of another organization */
export async function findDomain(db: Kysely<Schema>, organization: string, id: string): Promise<DomainRow> {
  const row = await db
    .selectFrom('domains')
    .selectAll()
    .where('organization_id', '=', organization)
    .where('id', '=', id)
    .executeTakeFirst()
  if (row) return row
  throw notFound(`Organization ${organization} has no domain ${JSON.stringify(id)}`)
}

/**
 * Makes these the domains of a connection, and no others.
 * @throws {DomainError} `not_found` for a domain of another organization
 */
export async function assignDomains(
  db: Kysely<Schema>,
  organization: string,
  connection: string,
  ids: readonly string[],
  now: number,
): Promise<void> {
  for (const id of ids) await findDomain(db, organization, id)
  await db
    .updateTable('domains')
    .set({ connection_id: null, updated_at: now })
    .where('connection_id', '=', connection)
    .execute()
  if (ids.length === 0) return
  await db
    .updateTable('domains')
    .set({ connection_id: connection, updated_at: now })
    .where('id', 'in', ids)
    .execute()
}
