import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Code, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type OrganizationService, organizations } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { newLink } from '../../../domain/links/link-data.js'
import { findOrganization } from '../../../domain/organizations/organization-data.js'
import type { Store } from '../../../domain/store.js'
import type { Schema } from '../../../storage/schema.js'
import { environmentOf } from '../../request-context.js'

/** Links into the admin portal of an organization. Each signs in once, within a minute; the session ends when its link is deleted. */
export function portalLinkHandlers(store: Store): Partial<ServiceImpl<typeof OrganizationService>> {
  const { database, clock } = store
  return {
    async generatePortalLink({ id, features, sso, directorySync }, context) {
      const environment = environmentOf(context)
      const named = features.flatMap((feature) => organizations.Feature[feature] ?? [])
      const wanted = new Set([...named, ...(sso ? ['sso'] : []), ...(directorySync ? ['dir_sync'] : [])])
      const subject = { organization_id: id, connected_account_id: null }
      const { row, location } = newLink(store, environment, subject, { features: [...wanted] })
      return database.transaction(async (db) => {
        await findOrganization(db, environment, { id })
        await db.insertInto('links').values(row).execute()
        return { link: { id: row.id, location, expireTime: timestampFromMs(row.expires_at) } }
      })
    },

    /** Without their locations: these exist only in the answers that made them. */
    async getPortalLinks({ id }, context) {
      await findOrganization(database.db, environmentOf(context), { id })
      const rows = await waiting(database.db, id).selectAll().orderBy('id', 'desc').execute()
      return {
        links: rows.map((row) => ({ id: row.id, expireTime: timestampFromMs(row.expires_at) })),
      }
    },

    async deletePortalLink({ id }, context) {
      await findOrganization(database.db, environmentOf(context), { id })
      await database.db.deleteFrom('links').where('organization_id', '=', id).execute()
      return {}
    },

    async deletePortalLinkByID({ id, linkId }, context) {
      await findOrganization(database.db, environmentOf(context), { id })
      const { numDeletedRows } = await database.db
        .deleteFrom('links')
        .where('organization_id', '=', id)
        .where('id', '=', linkId)
        .executeTakeFirst()
      if (numDeletedRows === 0n)
        throw apiError(Code.NotFound, `Organization ${id} has no portal link ${linkId}`)
      return {}
    },
  }

  function waiting(db: Kysely<Schema>, organization: string) {
    return db
      .selectFrom('links')
      .where('organization_id', '=', organization)
      .where('redeemed_at', 'is', null)
      .where('expires_at', '>', clock.now())
  }
}
