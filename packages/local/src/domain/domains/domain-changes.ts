import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import { newId } from '../../storage/ids.js'
import type { DomainRow } from '../../storage/registry-schema.js'
import type { OrganizationRow, Schema } from '../../storage/schema.js'
import { alreadyExists, invalid } from '../domain-error.js'
import { isDisposableDomain, isPublicDomain } from './allowed-email-domains.js'
import { DomainData, findDomain } from './domain-data.js'

const NAME = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/

export interface NewDomain {
  readonly name: string
  readonly type: DomainRow['type']
  /** Whether whoever runs the environment adds it: they vouch for it. A customer proves it with a DNS record. */
  readonly trusted: boolean
}

/**
 * Adds a domain to an organization.
 * @throws {DomainError} `invalid` for what is no domain name and for public e-mail domains, `already_exists`
 */
export async function addDomain(
  db: Kysely<Schema>,
  organization: OrganizationRow,
  { name: written, type, trusted }: NewDomain,
  now: number,
): Promise<DomainRow> {
  const name = written.toLowerCase()
  if (!NAME.test(name)) throw refused('must be a domain name such as acme.example')
  if (isPublicDomain(name) || (await isDisposableDomain(name)))
    throw refused(`must not be a public e-mail domain: everybody can have an address at ${name}`)
  const row: DomainRow = {
    id: newId('dom'),
    environment_id: organization.environment_id,
    organization_id: organization.id,
    connection_id: null,
    domain: name,
    type,
    created_at: now,
    updated_at: now,
    ...firstStatus(name, type, trusted),
  }
  await refuseTaken(db, row)
  await db.insertInto('domains').values(row).execute()
  return row
}

/** @throws {DomainError} `not_found` */
export async function deleteDomain(db: Kysely<Schema>, organization: string, id: string): Promise<void> {
  await findDomain(db, organization, id)
  await db.deleteFrom('domains').where('id', '=', id).execute()
}

const refused = (description: string) =>
  invalid(`domain.domain: ${description}`, [{ field: 'domain.domain', description }])

function firstStatus(
  name: string,
  type: DomainRow['type'],
  trusted: boolean,
): Pick<DomainRow, 'status' | 'data'> {
  const isEmail = type === 'ALLOWED_EMAIL_DOMAIN'
  if (isEmail || trusted) {
    const verification_method = isEmail ? 'NOT_APPLICABLE' : 'ADMIN'
    return { status: 'AUTO_VERIFIED', data: JSON.stringify(DomainData.parse({ verification_method })) }
  }
  const data = DomainData.parse({
    txt_record_key: `_scalekit-${randomBytes(8).toString('hex')}.${name}`,
    txt_record_secret: randomBytes(16).toString('hex'),
    verification_method: 'DNS',
  })
  return { status: 'PENDING', data: JSON.stringify(data) }
}

/** A domain leads to one organization; addresses of one domain may be welcome in several. */
async function refuseTaken(db: Kysely<Schema>, row: DomainRow): Promise<void> {
  let query = db
    .selectFrom('domains')
    .select('organization_id')
    .where('environment_id', '=', row.environment_id)
    .where('domain', '=', row.domain)
    .where('type', '=', row.type)
  if (row.type === 'ALLOWED_EMAIL_DOMAIN') query = query.where('organization_id', '=', row.organization_id)
  const taken = await query.executeTakeFirst()
  if (!taken) return
  const whose = taken.organization_id === row.organization_id ? 'This' : 'Another'
  throw alreadyExists(`${whose} organization has the domain ${row.domain}`)
}
