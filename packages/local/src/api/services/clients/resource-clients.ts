import { Code, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type ClientService, clients } from '@scalekit-mcp/api'
import {
  changedM2mData,
  M2mClientData,
  m2mClientData,
  m2mClientsOf,
} from '../../../domain/clients/m2m-client-data.js'
import { newSecret } from '../../../domain/clients/secrets.js'
import { environmentType } from '../../../domain/environments/environment-type.js'
import { findResource } from '../../../domain/resources/resource-data.js'
import { endDependents } from '../../../domain/sessions/end.js'
import { listConsents, partition, revokeConsent } from '../../../domain/sessions/grant-records.js'
import { listRegistered } from '../../../domain/sessions/registered-clients.js'
import type { Store } from '../../../domain/store.js'
import { newId } from '../../../storage/ids.js'
import type { M2mClientRow } from '../../../storage/registry-schema.js'
import { updatedFields } from '../../field-mask.js'
import { required } from '../../identity.js'
import { toM2mClient } from '../../messages/client-message.js'
import { toRegisteredClient } from '../../messages/registered-client-message.js'
import { environmentOf } from '../../request-context.js'

/** The clients of an MCP server (`m2m_`): those made here, and those that registered themselves. */
export function resourceClientHandlers(store: Store): Partial<ServiceImpl<typeof ClientService>> {
  const { database, clock } = store
  return {
    async createResourceClient({ resourceId, client }, context) {
      const message = required(client, 'client')
      const environment = environmentOf(context)
      const now = clock.now()
      return database.transaction(async (db) => {
        await findResource(db, environment, resourceId)
        const type = await environmentType(db, environment)
        const fields = updatedFields(clients.ResourceClientSchema, message, undefined)
        const { plain, secret } = newSecret(now)
        const row: M2mClientRow = {
          id: newId('m2m'),
          environment_id: environment,
          organization_id: null,
          resource_id: resourceId,
          secrets: JSON.stringify([secret]),
          data: JSON.stringify(changedM2mData(M2mClientData.parse({}), message, fields, type)),
          created_at: now,
          updated_at: now,
        }
        await db.insertInto('m2m_clients').values(row).execute()
        return { client: toM2mClient(row), plainSecret: plain }
      })
    },

    async listResourceClients({ resourceId }, context) {
      const environment = environmentOf(context)
      const { db } = database
      await findResource(db, environment, resourceId)
      const made = m2mClientsOf(db, environment, { resource_id: resourceId })
      const rows = await made.selectAll().orderBy('id', 'desc').execute()
      const registered = await listRegistered(db, environment, resourceId)
      return {
        clients: [
          ...rows.map(toM2mClient),
          ...registered.map((client) => toRegisteredClient(client, resourceId)),
        ],
        totalStaticClients: rows.length,
        totalDcrClients: registered.length,
      }
    },

    async getResourceClient({ resourceId, clientId }, context) {
      const environment = environmentOf(context)
      const { db } = database
      await findResource(db, environment, resourceId)
      const { made, registered } = await find(environment, resourceId, clientId)
      const consents = await listConsents(store, db, environment, resourceId)
      return {
        ...(made && { client: toM2mClient(made) }),
        ...(registered && { client: toRegisteredClient(registered, resourceId) }),
        consentedUsers: consents
          .filter((consent) => consent.clientId === clientId)
          .map(({ id, userId, scopes }) => ({
            consentId: id,
            externalUserId: userId,
            scopes: [...scopes],
          })),
      }
    },

    async updateResourceClient({ resourceId, clientId, client, updateMask }, context) {
      const message = required(client, 'client')
      const environment = environmentOf(context)
      const fields = updatedFields(clients.ResourceClientSchema, message, updateMask)
      await findResource(database.db, environment, resourceId)
      const { made } = await find(environment, resourceId, clientId)
      if (!made) {
        throw apiError(
          Code.FailedPrecondition,
          'A client that registered itself changes itself, or is deleted',
        )
      }
      return database.transaction(async (db) => {
        const type = await environmentType(db, environment)
        const data = JSON.stringify(changedM2mData(m2mClientData(made), message, fields, type))
        const updated = { ...made, data, updated_at: clock.now() }
        await db.updateTable('m2m_clients').set(updated).where('id', '=', made.id).execute()
        return { client: toM2mClient(updated) }
      })
    },

    async deleteResourceClient({ resourceId, clientId }, context) {
      const environment = environmentOf(context)
      await findResource(database.db, environment, resourceId)
      const { made, registered } = await find(environment, resourceId, clientId)
      await database.transaction(async (db) => {
        for (const consent of await listConsents(store, db, environment, resourceId)) {
          if (consent.clientId === clientId) await revokeConsent(store, db, environment, resourceId, consent)
        }
        await endDependents(db, clock, `client:${clientId}`)
        if (made) await db.deleteFrom('m2m_clients').where('id', '=', made.id).execute()
        if (registered) {
          await db
            .deleteFrom('oidc_records')
            .where('realm', '=', partition(environment, resourceId))
            .where('model', '=', 'Client')
            .where('id_hash', '=', registered.hash)
            .execute()
        }
      })
      return {}
    },
  }

  async function find(environment: string, server: string, id: string) {
    const { db } = database
    const query = m2mClientsOf(db, environment, { resource_id: server }).selectAll().where('id', '=', id)
    const made = await query.executeTakeFirst()
    const registered = (await listRegistered(db, environment, server)).find((client) => client.id === id)
    if (made || registered) return { made, registered }
    throw apiError(Code.NotFound, `The MCP server ${server} has no client ${JSON.stringify(id)}`)
  }
}
