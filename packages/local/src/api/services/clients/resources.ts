import type { ServiceImpl } from '@connectrpc/connect'
import { type ClientService, clients } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { ensureOwnLogin, ownLoginOf, ownLogins, setOwnLogin } from '../../../domain/connections/own-login.js'
import { changedResource } from '../../../domain/resources/resource-changes.js'
import { findResource, refuseWrongUrl, resourceData } from '../../../domain/resources/resource-data.js'
import { scopesOf } from '../../../domain/resources/scope-data.js'
import { deleteServerRecords } from '../../../domain/sessions/grant-records.js'
import type { Store } from '../../../domain/store.js'
import { newId } from '../../../storage/ids.js'
import type { ResourceRow, Schema } from '../../../storage/schema.js'
import { updatedFields } from '../../field-mask.js'
import { required } from '../../identity.js'
import { toResource, toResourceConnection } from '../../messages/resource-message.js'
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
      const logins = await ownLogins(db, environment).execute()
      const ownLogin = ({ id }: ResourceRow) => logins.find(({ key_id }) => key_id === id)
      return { ...tokens, resources: rows.map((row) => toResource(row, scopes, baseUrl, ownLogin(row))) }
    },

    async updateResource({ resourceId, resource, updateMask }, context) {
      const message = required(resource, 'resource')
      const fields = updatedFields(clients.UpdateResourceSchema, message, updateMask)
      return database.transaction(async (db) => {
        const row = await findResource(db, environmentOf(context), resourceId)
        const changed = await changedResource(db, row, message, fields, clock.now())
        const updated = fields.has('customConnectionSettings')
          ? await withOwnLogin(db, changed, message, clock.now())
          : changed
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

    async ensureResourceConnection({ resourceId }, context) {
      return database.transaction(async (db) => {
        const row = await findResource(db, environmentOf(context), resourceId)
        return { connection: toResourceConnection(await ensureOwnLogin(db, row, clock.now())) }
      })
    },

    async deleteResource({ resourceId }, context) {
      const environment = environmentOf(context)
      await database.transaction(async (db) => {
        const row = await findResource(db, environment, resourceId)
        await deleteServerRecords(store, db, environment, row.id)
        const ownLogin = await ownLoginOf(db, row)
        if (ownLogin) await db.deleteFrom('connections').where('id', '=', ownLogin.id).execute()
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
    return toResource(row, scopes, baseUrl, await ownLoginOf(db, row))
  }
}

/** An MCP server whose people sign in at a page of the developer's own, where the request names one. */
async function withOwnLogin(
  db: Kysely<Schema>,
  row: ResourceRow,
  { settings }: clients.UpdateResource,
  now: number,
): Promise<ResourceRow> {
  if (settings.case !== 'customConnectionSettings') return row
  const { id } = await setOwnLogin(db, row, settings.value.authorizeUri, now)
  return { ...row, data: JSON.stringify({ ...resourceData(row), provider: id }) }
}
