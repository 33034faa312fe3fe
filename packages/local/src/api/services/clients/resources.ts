import type { ServiceImpl } from '@connectrpc/connect'
import { type ClientService, clients } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { changedResource } from '../../../domain/resources/resource-changes.js'
import { findResource, refuseWrongUrl, resourceData } from '../../../domain/resources/resource-data.js'
import { scopesOf } from '../../../domain/resources/scope-data.js'
import { deleteServerRecords } from '../../../domain/sessions/grant-records.js'
import type { Store } from '../../../domain/store.js'
import { newId } from '../../../storage/ids.js'
import type { ResourceRow, Schema } from '../../../storage/schema.js'
import { updatedFields } from '../../field-mask.js'
import { required } from '../../identity.js'
import { toResource } from '../../messages/resource-message.js'
import { pageOf, readPage } from '../../page.js'
import { environmentOf } from '../../request-context.js'

/** The MCP servers of an environment (`res_`). Each has an authorization server of its own from the start. */
export function resourceHandlers(store: Store): Partial<ServiceImpl<typeof ClientService>> {
  const { database, clock, baseUrl } = store
  return {
    async createResource(request, context) {
      const message = required(request.resource, 'resource')
      const now = clock.now()
      const id = newId('res')
      const empty: ResourceRow = {
        id,
        realm: environmentOf(context),
        url: id,
        name: message.name,
        scopes: '[]',
        data: JSON.stringify({
          resource_type: clients.ResourceType[message.resourceType],
          enable_cimd: message.enableCimd,
        }),
        created_at: now,
        updated_at: now,
      }
      const fields = updatedFields(clients.CreateResourceSchema, message, undefined)
      return database.transaction(async (db) => {
        const row = await changedResource(db, empty, message, fields, now)
        await refuseWrongUrl(db, row, baseUrl)
        await db.insertInto('resources').values(row).execute()
        return { resource: await shown(db, row) }
      })
    },

    async getResource({ resourceId }, context) {
      const row = await findResource(database.db, environmentOf(context), resourceId)
      return { resource: await shown(database.db, row) }
    },

    async listResources(request, context) {
      const environment = environmentOf(context)
      const { db } = database
      const type = clients.ResourceType[request.resourceType] ?? ''
      const all = await db.selectFrom('resources').selectAll().where('realm', '=', environment).execute()
      const ofType = all.filter((row) => resourceData(row).resource_type === type)
      const { rows, tokens } = pageOf(readPage(['resources', environment, type], request), ofType)
      const scopes = await scopesOf(db, environment).selectAll().orderBy('id').execute()
      return { ...tokens, resources: rows.map((row) => toResource(row, scopes, baseUrl)) }
    },

    async updateResource({ resourceId, resource, updateMask }, context) {
      const message = required(resource, 'resource')
      const fields = updatedFields(clients.UpdateResourceSchema, message, updateMask)
      return database.transaction(async (db) => {
        const row = await findResource(db, environmentOf(context), resourceId)
        const updated = await changedResource(db, row, message, fields, clock.now())
        await refuseWrongUrl(db, updated, baseUrl)
        return { resource: await save(db, updated) }
      })
    },

    async deleteResourceProvider({ resourceId }, context) {
      return database.transaction(async (db) => {
        const row = await findResource(db, environmentOf(context), resourceId)
        const data = JSON.stringify({ ...resourceData(row), provider: '' })
        return { resource: await save(db, { ...row, data, updated_at: clock.now() }) }
      })
    },

    async deleteResource({ resourceId }, context) {
      const environment = environmentOf(context)
      await database.transaction(async (db) => {
        const row = await findResource(db, environment, resourceId)
        await deleteServerRecords(store, db, environment, row.id)
        await db.deleteFrom('resources').where('id', '=', row.id).execute()
      })
      return {}
    },
  }

  async function save(db: Kysely<Schema>, row: ResourceRow) {
    await db.updateTable('resources').set(row).where('id', '=', row.id).execute()
    return shown(db, row)
  }

  async function shown(db: Kysely<Schema>, row: ResourceRow) {
    const scopes = await scopesOf(db, row.realm).selectAll().orderBy('id').execute()
    return toResource(row, scopes, baseUrl)
  }
}
