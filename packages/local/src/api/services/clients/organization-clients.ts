import type { HandlerContext, ServiceImpl } from '@connectrpc/connect'
import { type ClientService, clients } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import {
  changedM2mData,
  findM2mClient,
  M2mClientData,
  m2mClientData,
  m2mClientsOf,
} from '../../../domain/clients/m2m-client-data.js'
import { newSecret, withoutSecret, withSecret } from '../../../domain/clients/secrets.js'
import { environmentType } from '../../../domain/environments/environment-type.js'
import { findOrganization } from '../../../domain/organizations/organization-data.js'
import { endDependents } from '../../../domain/sessions/end.js'
import type { Store } from '../../../domain/store.js'
import { newId } from '../../../storage/ids.js'
import type { M2mClientRow } from '../../../storage/registry-schema.js'
import type { Schema } from '../../../storage/schema.js'
import { updatedFields } from '../../field-mask.js'
import { required } from '../../identity.js'
import { toClientSecret, toM2mClient } from '../../messages/client-message.js'
import { fetchList, readPage } from '../../page.js'
import { environmentOf } from '../../request-context.js'

/** The clients of organizations (`m2morg_`): a customer's machines, which get tokens with client credentials. */
export function organizationClientHandlers({
  database,
  clock,
}: Store): Partial<ServiceImpl<typeof ClientService>> {
  return {
    async createOrganizationClient({ organizationId, client }, context) {
      const message = required(client, 'client')
      const environment = environmentOf(context)
      const now = clock.now()
      return database.transaction(async (db) => {
        await findOrganization(db, environment, { id: organizationId })
        const type = await environmentType(db, environment)
        const fields = updatedFields(clients.OrganizationClientSchema, message, undefined)
        const { plain, secret } = newSecret(now)
        const row: M2mClientRow = {
          id: newId('m2morg'),
          environment_id: environment,
          organization_id: organizationId,
          resource_id: null,
          secrets: JSON.stringify([secret]),
          data: JSON.stringify(changedM2mData(M2mClientData.parse({}), message, fields, type)),
          created_at: now,
          updated_at: now,
        }
        await db.insertInto('m2m_clients').values(row).execute()
        return { client: toM2mClient(row), plainSecret: plain }
      })
    },

    async getOrganizationClient({ organizationId, clientId }, context) {
      return { client: toM2mClient(await find(database.db, context, organizationId, clientId)) }
    },

    async listOrganizationClients(request, context) {
      const environment = environmentOf(context)
      const { id } = await findOrganization(database.db, environment, { id: request.organizationId })
      const query = m2mClientsOf(database.db, environment, { organization_id: id }).selectAll()
      const { rows, tokens } = await fetchList(readPage(['m2m clients', id], request), query, 'id')
      return { ...tokens, clients: rows.map(toM2mClient) }
    },

    async updateOrganizationClient({ organizationId, clientId, client }, context) {
      const message = required(client, 'client')
      const fields = updatedFields(clients.OrganizationClientSchema, message, undefined)
      return database.transaction(async (db) => {
        const row = await find(db, context, organizationId, clientId)
        const type = await environmentType(db, row.environment_id)
        const data = JSON.stringify(changedM2mData(m2mClientData(row), message, fields, type))
        return { client: toM2mClient(await save(db, { ...row, data })) }
      })
    },

    async deleteOrganizationClient({ organizationId, clientId }, context) {
      await database.transaction(async (db) => {
        const { id } = await find(db, context, organizationId, clientId)
        await endDependents(db, clock, `client:${id}`)
        await db.deleteFrom('m2m_clients').where('id', '=', id).execute()
      })
      return {}
    },

    async createOrganizationClientSecret({ organizationId, clientId }, context) {
      return database.transaction(async (db) => {
        const row = await find(db, context, organizationId, clientId)
        const { plain, secret, secrets } = withSecret(row, clock.now())
        await save(db, { ...row, secrets })
        return { plainSecret: plain, secret: toClientSecret(secret) }
      })
    },

    async deleteOrganizationClientSecret({ organizationId, clientId, secretId }, context) {
      await database.transaction(async (db) => {
        const row = await find(db, context, organizationId, clientId)
        await save(db, { ...row, secrets: withoutSecret(row, secretId) })
      })
      return {}
    },
  }

  async function find(db: Kysely<Schema>, context: HandlerContext, organization: string, id: string) {
    const environment = environmentOf(context)
    await findOrganization(db, environment, { id: organization })
    return findM2mClient(db, environment, { organization_id: organization }, id)
  }

  async function save(db: Kysely<Schema>, row: M2mClientRow): Promise<M2mClientRow> {
    const updated = { ...row, updated_at: clock.now() }
    await db.updateTable('m2m_clients').set(updated).where('id', '=', row.id).execute()
    return updated
  }
}
