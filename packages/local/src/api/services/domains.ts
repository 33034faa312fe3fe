import { randomBytes } from 'node:crypto'
import { Resolver } from 'node:dns/promises'
import { Code, type HandlerContext, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type DomainService, domains } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { isPublicDomain } from '../../domain/domains/allowed-email-domains.js'
import { DomainData, domainData, findDomain } from '../../domain/domains/domain-data.js'
import { findOrganization } from '../../domain/organizations/organization-data.js'
import type { Store } from '../../domain/store.js'
import { newId } from '../../storage/ids.js'
import type { DomainRow } from '../../storage/registry-schema.js'
import type { Schema } from '../../storage/schema.js'
import { required } from '../identity.js'
import { toDomain } from '../messages/domain-message.js'
import { environmentOf, principalKey } from '../request-context.js'

const NAME = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/
const { ALLOWED_EMAIL_DOMAIN } = domains.DomainType

type Identities = Parameters<
  NonNullable<Partial<ServiceImpl<typeof DomainService>>['getDomain']>
>[0]['identities']

/** The domains of organizations: whose sign-in they lead to, and whose addresses may join. */
export function domainHandlers({ database, clock }: Store): Partial<ServiceImpl<typeof DomainService>> {
  return {
    async createDomain({ identities, domain }, context) {
      const { domain: written, domainType } = required(domain, 'domain')
      const name = written.toLowerCase()
      if (!NAME.test(name)) {
        throw apiError(Code.InvalidArgument, 'domain.domain: must be a domain name such as acme.example', {
          fieldViolations: [{ field: 'domain.domain', description: 'must be a domain name' }],
        })
      }
      if (domainType === ALLOWED_EMAIL_DOMAIN && isPublicDomain(name)) {
        throw apiError(Code.InvalidArgument, `domain.domain: everybody can have an address at ${name}`, {
          fieldViolations: [{ field: 'domain.domain', description: 'must not be a public e-mail domain' }],
        })
      }
      const now = clock.now()
      return database.transaction(async (db) => {
        const organization = await organizationOf(db, context, identities)
        const row: DomainRow = {
          id: newId('dom'),
          environment_id: organization.environment_id,
          organization_id: organization.id,
          connection_id: null,
          domain: name,
          created_at: now,
          updated_at: now,
          ...firstStatus(name, domainType === ALLOWED_EMAIL_DOMAIN, context),
        }
        await refuseTaken(db, row)
        await db.insertInto('domains').values(row).execute()
        return { domain: toDomain(row) }
      })
    },

    async getDomain({ identities, id }, context) {
      const organization = await organizationOf(database.db, context, identities)
      return { domain: toDomain(await findDomain(database.db, organization.id, id)) }
    },

    async listDomains({ identities, domainType, connectionId, pageSize, pageNumber }, context) {
      const organization = await organizationOf(database.db, context, identities)
      let query = database.db.selectFrom('domains').where('organization_id', '=', organization.id)
      if (connectionId) query = query.where('connection_id', '=', connectionId)
      if (domainType !== 0) query = query.where('type', '=', typeOf(domainType === ALLOWED_EMAIL_DOMAIN))
      const size = Math.min(Math.max(pageSize ?? 0, 0) || 30, 100)
      const number = Math.max(pageNumber ?? 1, 1)
      const rows = await query
        .selectAll()
        .orderBy('id', 'desc')
        .limit(size)
        .offset((number - 1) * size)
        .execute()
      return { pageSize: size, pageNumber: number, domains: rows.map(toDomain) }
    },

    /** Asks the DNS for the record, as the hosted service does. */
    async verifyDomain({ identities, id }, context) {
      const organization = await organizationOf(database.db, context, identities)
      const row = await findDomain(database.db, organization.id, id)
      if (row.status === 'VERIFIED' || row.status === 'AUTO_VERIFIED') return { verified: true }
      const { txt_record_key, txt_record_secret } = domainData(row)
      const resolver = new Resolver({ timeout: 2_000, tries: 1 })
      const records = await resolver.resolveTxt(txt_record_key).catch(() => [])
      const verified = records.some((parts) => parts.join('') === txt_record_secret)
      await database.db
        .updateTable('domains')
        .set({ status: verified ? 'VERIFIED' : 'FAILED', updated_at: clock.now() })
        .where('id', '=', id)
        .execute()
      return { verified }
    },

    async deleteDomain({ identities, id }, context) {
      const organization = await organizationOf(database.db, context, identities)
      await findDomain(database.db, organization.id, id)
      await database.db.deleteFrom('domains').where('id', '=', id).execute()
      return {}
    },
  }

  function organizationOf(db: Kysely<Schema>, context: HandlerContext, identities: Identities) {
    const id = required(identities.value, 'organization_id')
    const by = identities.case === 'externalId' ? { externalId: id } : { id }
    return findOrganization(db, environmentOf(context), by)
  }
}

const typeOf = (email: boolean) => (email ? 'ALLOWED_EMAIL_DOMAIN' : 'ORGANIZATION_DOMAIN')

/** Who runs the environment vouches for a domain; a customer proves it with a DNS record. */
function firstStatus(
  name: string,
  email: boolean,
  context: HandlerContext,
): Pick<DomainRow, 'type' | 'status' | 'data'> {
  const trusted = context.values.get(principalKey)?.kind !== 'session'
  const type = typeOf(email)
  if (email || trusted) {
    const verification_method = email ? 'NOT_APPLICABLE' : 'ADMIN'
    return { type, status: 'AUTO_VERIFIED', data: JSON.stringify(DomainData.parse({ verification_method })) }
  }
  const data = DomainData.parse({
    txt_record_key: `_scalekit-${randomBytes(8).toString('hex')}.${name}`,
    txt_record_secret: randomBytes(16).toString('hex'),
    verification_method: 'DNS',
  })
  return { type, status: 'PENDING', data: JSON.stringify(data) }
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
  throw apiError(Code.AlreadyExists, `${whose} organization has the domain ${row.domain}`)
}
