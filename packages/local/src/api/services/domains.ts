import type { HandlerContext, ServiceImpl } from '@connectrpc/connect'
import { type DomainService, domains } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { authorizedDomains } from '../../domain/clients/callbacks.js'
import { addDomain, deleteDomain } from '../../domain/domains/domain-changes.js'
import { findDomain } from '../../domain/domains/domain-data.js'
import { failOverdueDomains, verifyDomain } from '../../domain/domains/verify-domain.js'
import { organizationOfLink } from '../../domain/links/link-data.js'
import { findOrganization } from '../../domain/organizations/organization-data.js'
import type { Store } from '../../domain/store.js'
import type { Schema } from '../../storage/schema.js'
import { required } from '../identity.js'
import { toDomain } from '../messages/domain-message.js'
import { environmentOf, principalKey } from '../request-context.js'

const { ALLOWED_EMAIL_DOMAIN } = domains.DomainType

type Identities = Parameters<
  NonNullable<Partial<ServiceImpl<typeof DomainService>>['getDomain']>
>[0]['identities']

/** The domains of organizations: whose sign-in they lead to, and whose addresses may join. */
export function domainHandlers(store: Store): Partial<ServiceImpl<typeof DomainService>> {
  const { database, clock } = store
  return {
    async createDomain({ identities, domain }, context) {
      const { domain: name, domainType } = required(domain, 'domain')
      const type = typeOf(domainType === ALLOWED_EMAIL_DOMAIN)
      const trusted = context.values.get(principalKey)?.kind !== 'session'
      return database.transaction(async (db) => {
        const organization = await organizationOf(db, context, identities)
        return { domain: toDomain(await addDomain(db, organization, { name, type, trusted }, clock.now())) }
      })
    },

    async getDomain({ identities, id }, context) {
      const organization = await organizationOf(database.db, context, identities)
      await failOverdueDomains(store, organization.id)
      return { domain: toDomain(await findDomain(database.db, organization.id, id)) }
    },

    /** Returns the domain as it is: the message of an update has no fields, because a name cannot change. */
    async updateDomain({ identities, id }, context) {
      const organization = await organizationOf(database.db, context, identities)
      await failOverdueDomains(store, organization.id)
      return { domain: toDomain(await findDomain(database.db, organization.id, id)) }
    },

    /** The hosts of the callback URLs of the applications at an origin. A page reads them before anybody signs in. */
    async listAuthorizedDomains({ origin, linkId }, context) {
      const environment = environmentOf(context)
      const own = origin === new URL(store.baseUrl).origin
      const organization = linkId === '' ? null : await organizationOfLink(store, environment, linkId)
      return {
        domains: await authorizedDomains(database.db, environment, organization, own ? undefined : origin),
      }
    },

    async listDomains({ identities, domainType, connectionId, pageSize, pageNumber }, context) {
      const organization = await organizationOf(database.db, context, identities)
      await failOverdueDomains(store, organization.id)
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

    async verifyDomain({ identities, id }, context) {
      const organization = await organizationOf(database.db, context, identities)
      return { verified: await verifyDomain(store, organization.id, id) }
    },

    async deleteDomain({ identities, id }, context) {
      const organization = await organizationOf(database.db, context, identities)
      await deleteDomain(database.db, organization.id, id)
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
