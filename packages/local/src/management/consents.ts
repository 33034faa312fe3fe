import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Code, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type ClientService } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import type { Schema } from '../engine/schema.js'
import { type Consent, listConsents, revokeConsent } from './grant-records.js'
import { m2mClientData, m2mClientsOf } from './m2m-client-data.js'
import { pageOf, readPage } from './page.js'
import { listRegistered } from './registered-clients.js'
import { environmentOf } from './request-context.js'
import { findResource } from './resource-data.js'
import type { Store } from './store.js'

/** What people allowed the clients of MCP servers, from the grants of the authorization servers. */
export function consentHandlers(store: Store): Partial<ServiceImpl<typeof ClientService>> {
  const { database } = store
  return {
    async listResourceUserConsents(request, context) {
      const environment = environmentOf(context)
      const { db } = database
      const { id } = await findResource(db, environment, request.resourceId)
      const names = await clientNames(db, environment, id)
      const wanted = request.search.toLowerCase()
      const found = (await listConsents(store, db, environment, id)).filter(({ userId, clientId }) =>
        [userId, clientId, names.get(clientId) ?? ''].some((text) => text.toLowerCase().includes(wanted)),
      )
      const { rows, tokens } = pageOf(readPage(['consents', environment, id, wanted], request), found)
      return {
        ...tokens,
        consents: rows.map((consent) => ({
          id: consent.id,
          externalUserId: consent.userId,
          clientId: consent.clientId,
          clientName: names.get(consent.clientId) ?? '',
          scopes: [...consent.scopes],
          grantedAt: timestampFromMs(consent.grantedAt),
        })),
      }
    },

    async revokeUserConsent({ clientId, consentId }, context) {
      const environment = environmentOf(context)
      await database.transaction(async (db) => {
        const { server, consent } = await find(db, environment, clientId, consentId)
        await revokeConsent(store, db, environment, server, consent)
      })
      return {}
    },
  }

  async function find(
    db: Kysely<Schema>,
    environment: string,
    clientId: string,
    id: string,
  ): Promise<{ server: string; consent: Consent }> {
    const servers = await db.selectFrom('resources').select('id').where('realm', '=', environment).execute()
    for (const server of servers) {
      const consents = await listConsents(store, db, environment, server.id)
      const consent = consents.find((one) => one.id === id && one.clientId === clientId)
      if (consent) return { server: server.id, consent }
    }
    throw apiError(Code.NotFound, `The client ${clientId} has no consent ${id}`)
  }
}

async function clientNames(db: Kysely<Schema>, environment: string, server: string) {
  const made = await m2mClientsOf(db, environment, { resource_id: server }).selectAll().execute()
  const registered = await listRegistered(db, environment, server)
  return new Map([
    ...made.map((row) => [row.id, m2mClientData(row).name] as const),
    ...registered.map(({ id, name }) => [id, name] as const),
  ])
}
