import { Code, type HandlerContext, type ServiceImpl } from '@connectrpc/connect'
import { apiError, commons, type OrganizationService, organizations } from '@scalekit-mcp/api'
import {
  findOrganization,
  OrganizationData,
  organizationData,
  refuseTaken,
} from '../../../domain/organizations/organization-data.js'
import type { Store } from '../../../domain/store.js'
import { deleteOrganization } from '../../../domain/users/delete-user.js'
import { newId } from '../../../storage/ids.js'
import type { OrganizationRow } from '../../../storage/schema.js'
import { updatedFields } from '../../field-mask.js'
import { identityOf, required } from '../../identity.js'
import { toOrganization } from '../../messages/organization-message.js'
import { fetchList, type PageRequest, readPage } from '../../page.js'
import { environmentOf } from '../../request-context.js'
import { column, contains } from '../../search.js'

const searched = ['id', 'display_name', 'external_id', 'slug'].map(column)

export function organizationHandlers({
  database,
  clock,
}: Store): Partial<ServiceImpl<typeof OrganizationService>> {
  return {
    async createOrganization(request, context) {
      const organization = required(request.organization, 'organization')
      const now = clock.now()
      const region = organization.regionCode === commons.RegionCode.EU ? 'EU' : 'US'
      const row: OrganizationRow = {
        id: newId('org'),
        environment_id: environmentOf(context),
        display_name: organization.displayName,
        external_id: organization.externalId || null,
        slug: organization.slug || null,
        data: JSON.stringify(
          OrganizationData.parse({
            region_code: region,
            metadata: organization.metadata,
            logo_url: organization.logoUrl || undefined,
          }),
        ),
        created_at: now,
        updated_at: now,
      }
      return database.transaction(async (db) => {
        await refuseTaken(db, row)
        await db.insertInto('organizations').values(row).execute()
        return { organization: toOrganization(row) }
      })
    },

    async getOrganization({ identities }, context) {
      const row = await findOrganization(database.db, environmentOf(context), identityOf(identities))
      return { organization: toOrganization(row) }
    },

    async getOrganizationByExternalId({ identities }, context) {
      const row = await findOrganization(database.db, environmentOf(context), identityOf(identities))
      return { organization: toOrganization(row) }
    },

    async listOrganization(request, context) {
      const { externalId } = request
      const filter = externalId ? { externalId } : {}
      return listOrganizations(context, request, filter)
    },

    async searchOrganization(request, context) {
      return listOrganizations(context, request, { search: request.query })
    },

    async updateOrganization({ identities, organization, updateMask }, context) {
      const message = required(organization, 'organization')
      const fields = updatedFields(organizations.UpdateOrganizationSchema, message, updateMask)
      if (fields.has('displayName') && !message.displayName) {
        throw apiError(Code.InvalidArgument, 'An organization must keep a display name')
      }
      return database.transaction(async (db) => {
        const row = await findOrganization(db, environmentOf(context), identityOf(identities))
        const data = organizationData(row)
        if (fields.has('metadata')) data.metadata = message.metadata
        if (fields.has('logoUrl')) data.logo_url = message.logoUrl || undefined
        const updated: OrganizationRow = {
          ...row,
          display_name: fields.has('displayName') ? (message.displayName ?? '') : row.display_name,
          external_id: fields.has('externalId') ? message.externalId || null : row.external_id,
          slug: fields.has('slug') ? message.slug || null : row.slug,
          data: JSON.stringify(data),
          updated_at: clock.now(),
        }
        await refuseTaken(db, updated)
        await db.updateTable('organizations').set(updated).where('id', '=', row.id).execute()
        return { organization: toOrganization(updated) }
      })
    },

    async deleteOrganization({ identities }, context) {
      const environment = environmentOf(context)
      await database.transaction(async (db) => {
        const { id } = await findOrganization(db, environment, identityOf(identities))
        await deleteOrganization(db, clock, id)
      })
      return {}
    },
  }

  async function listOrganizations(
    context: HandlerContext,
    request: PageRequest,
    filter: { externalId?: string; search?: string },
  ) {
    const environment = environmentOf(context)
    const { externalId, search } = filter
    let query = database.db.selectFrom('organizations').where('environment_id', '=', environment)
    if (externalId !== undefined) query = query.where('external_id', '=', externalId)
    if (search !== undefined) query = query.where(contains(database.dialect, searched, search))
    const page = readPage(['organizations', environment, externalId ?? '', search ?? ''], request)
    const { rows, tokens } = await fetchList(page, query.selectAll(), 'id')
    return { ...tokens, organizations: rows.map(toOrganization) }
  }
}
