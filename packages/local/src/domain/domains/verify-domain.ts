import { Resolver } from 'node:dns/promises'
import type { DomainRow } from '../../storage/registry-schema.js'
import { tellEvent } from '../events/tell-event.js'
import type { Store } from '../store.js'
import type { DnsRecords } from './dns-records.js'
import { domainData, findDomain, isVerified } from './domain-data.js'

/** How long a domain waits for its record. Scalekit documents that there is a window, and not how long it is. */
export const VERIFICATION_MS = 72 * 3600_000

/**
 * Looks for the TXT record that proves a domain: on this machine, then in the DNS. Until the window is over a domain
 * without the record stays pending; then it has failed, and only adding it again helps.
 * @throws {DomainError} `not_found`
 */
export async function verifyDomain(store: Store, organization: string, id: string): Promise<boolean> {
  await failOverdueDomains(store, organization)
  const row = await findDomain(store.database.db, organization, id)
  if (isVerified(row)) return true
  if (row.status !== 'PENDING' || !(await hasRecord(store.dns, row))) return false
  await conclude(store, row, 'VERIFIED')
  return true
}

/** Fails the domains of an organization whose window is over. Call it before their status is shown. */
export async function failOverdueDomains(store: Store, organization: string): Promise<void> {
  const { database, clock } = store
  const overdue = await database.db
    .selectFrom('domains')
    .selectAll()
    .where('organization_id', '=', organization)
    .where('status', '=', 'PENDING')
    .where('created_at', '<=', clock.now() - VERIFICATION_MS)
    .execute()
  for (const row of overdue) await conclude(store, row, 'FAILED')
}

/** Ends the wait of a domain. Of two at the same moment, one tells applications. */
async function conclude(store: Store, row: DomainRow, status: 'VERIFIED' | 'FAILED'): Promise<void> {
  const { database, clock } = store
  const { numUpdatedRows } = await database.db
    .updateTable('domains')
    .set({ status, updated_at: clock.now() })
    .where('id', '=', row.id)
    .where('status', '=', 'PENDING')
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return
  const { id, environment_id, organization_id, domain } = row
  const { verification_method, txt_record_key } = domainData(row)
  await tellEvent(store, {
    environment: environment_id,
    type: `organization.domain_dns_verification_${status === 'VERIFIED' ? 'success' : 'failed'}`,
    object: 'Domain',
    organization: organization_id,
    data: {
      ...{ id, environment_id, organization_id, domain, txt_record_key, verification_method },
      ...{ domain_type: row.type, verification_status: status },
      create_time: new Date(row.created_at).toISOString(),
      update_time: new Date(clock.now()).toISOString(),
    },
  })
}

async function hasRecord(dns: DnsRecords, row: DomainRow): Promise<boolean> {
  const { txt_record_key, txt_record_secret } = domainData(row)
  if ((await dns.txt(txt_record_key)).includes(txt_record_secret)) return true
  const resolver = new Resolver({ timeout: 2_000, tries: 1 })
  const records = await resolver.resolveTxt(txt_record_key).catch(() => [])
  return records.some((parts) => parts.join('') === txt_record_secret)
}
