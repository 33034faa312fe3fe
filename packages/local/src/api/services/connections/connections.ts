import type { HandlerContext, ServiceImpl } from '@connectrpc/connect'
import type { ConnectionService } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import {
  createConnection,
  toggleConnection,
  updateConnection,
} from '../../../domain/connections/connection-changes.js'
import { type ConnectionScope, findConnection } from '../../../domain/connections/connection-data.js'
import { assignDomains, domainsOf } from '../../../domain/domains/domain-data.js'
import { findOrganization } from '../../../domain/organizations/organization-data.js'
import type { Store } from '../../../domain/store.js'
import type { ConnectionRow } from '../../../storage/registry-schema.js'
import type { Schema } from '../../../storage/schema.js'
import { required } from '../../identity.js'
import { toConnection } from '../../messages/connection-message.js'
import { connectionFields, newConnection } from '../../messages/connection-request.js'
import { environmentOf } from '../../request-context.js'

/** Ways to sign in, of an environment and of its organizations. */
export function connectionHandlers(store: Store): Partial<ServiceImpl<typeof ConnectionService>> {
  const { database, clock, baseUrl } = store
  const ofEnvironment = (context: HandlerContext): ConnectionScope => ({
    environment: environmentOf(context),
    organization: null,
  })
  return {
    async createEnvironmentConnection({ connection, flags }, context) {
      return database.transaction(async (db) => {
        const message = required(connection, 'connection')
        const isApp = flags?.isApp ?? message.provider === 0
        const scope = ofEnvironment(context)
        return shown(db, await createConnection(db, scope, clock.now(), newConnection(message), isApp))
      })
    },

    async createConnection({ organizationId, connection }, context) {
      return database.transaction(async (db) => {
        const scope = await ofOrganization(db, context, organizationId)
        const message = required(connection, 'connection')
        return shown(db, await createConnection(db, scope, clock.now(), newConnection(message), false))
      })
    },

    async getEnvironmentConnection({ connectionId }, context) {
      const scope = ofEnvironment(context)
      return shown(database.db, await findConnection(database.db, scope, connectionId))
    },

    async getConnection({ organizationId, id }, context) {
      const scope = await ofOrganization(database.db, context, organizationId)
      return shown(database.db, await findConnection(database.db, scope, id))
    },

    async updateEnvironmentConnection({ connectionId, connection }, context) {
      return database.transaction(async (db) => {
        const scope = ofEnvironment(context)
        const message = required(connection, 'connection')
        return shown(
          db,
          await updateConnection(db, scope, clock.now(), connectionId, connectionFields(message)),
        )
      })
    },

    async updateConnection({ organizationId, id, connection }, context) {
      return database.transaction(async (db) => {
        const scope = await ofOrganization(db, context, organizationId)
        const message = required(connection, 'connection')
        return shown(db, await updateConnection(db, scope, clock.now(), id, connectionFields(message)))
      })
    },

    async deleteEnvironmentConnection({ connectionId }, context) {
      const scope = ofEnvironment(context)
      return remove(await findConnection(database.db, scope, connectionId))
    },

    async deleteConnection({ organizationId, id }, context) {
      const scope = await ofOrganization(database.db, context, organizationId)
      return remove(await findConnection(database.db, scope, id))
    },

    async enableEnvironmentConnection({ connectionId }, context) {
      return toggleConnection(database.db, ofEnvironment(context), clock.now(), connectionId, true)
    },

    async disableEnvironmentConnection({ connectionId }, context) {
      return toggleConnection(database.db, ofEnvironment(context), clock.now(), connectionId, false)
    },

    async enableConnection({ organizationId, id }, context) {
      const scope = await ofOrganization(database.db, context, organizationId)
      return toggleConnection(database.db, scope, clock.now(), id, true)
    },

    async disableConnection({ organizationId, id }, context) {
      const scope = await ofOrganization(database.db, context, organizationId)
      return toggleConnection(database.db, scope, clock.now(), id, false)
    },

    async assignDomainsToConnection({ organizationId, connectionId, domainIds }, context) {
      return database.transaction(async (db) => {
        const scope = await ofOrganization(db, context, organizationId)
        const row = await findConnection(db, scope, connectionId)
        await assignDomains(db, organizationId, row.id, domainIds, clock.now())
        return shown(db, row)
      })
    },
  }

  async function ofOrganization(db: Kysely<Schema>, context: HandlerContext, id: string) {
    const environment = environmentOf(context)
    const organization = await findOrganization(db, environment, { id })
    return { environment, organization: organization.id }
  }

  async function shown(db: Kysely<Schema>, row: ConnectionRow) {
    return { connection: toConnection(row, await domainsOf(db, row.environment_id), baseUrl) }
  }

  async function remove({ id }: ConnectionRow) {
    await database.db.deleteFrom('connections').where('id', '=', id).execute()
    return {}
  }
}
