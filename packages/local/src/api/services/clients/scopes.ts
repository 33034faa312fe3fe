import { Code, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type ClientService } from '@scalekit-mcp/api'
import { findScope, newScope, resourceScopes, scopesOf } from '../../../domain/resources/scope-data.js'
import type { Store } from '../../../domain/store.js'
import { required } from '../../identity.js'
import { toScope } from '../../messages/resource-message.js'
import { environmentOf } from '../../request-context.js'

/** The scopes of an environment, which its MCP servers offer. */
export function scopeHandlers({ database, clock }: Store): Partial<ServiceImpl<typeof ClientService>> {
  return {
    async listScopes(_request, context) {
      const rows = await scopesOf(database.db, environmentOf(context)).selectAll().orderBy('id').execute()
      return { scopes: rows.map(toScope) }
    },

    async createScope({ scope }, context) {
      const { name, description } = required(scope, 'scope')
      const environment = environmentOf(context)
      return database.transaction(async (db) => {
        const taken = await scopesOf(db, environment).select('id').where('name', '=', name).executeTakeFirst()
        if (taken) throw apiError(Code.AlreadyExists, `A scope ${name} exists`)
        const row = newScope(environment, clock.now(), name, description)
        await db.insertInto('scopes').values(row).execute()
        return { scope: toScope(row) }
      })
    },

    async updateScope({ id, scope }, context) {
      const { description, enabled } = required(scope, 'scope')
      return database.transaction(async (db) => {
        const row = await findScope(db, environmentOf(context), id)
        const updated = {
          ...row,
          description: description || row.description,
          enabled: enabled === undefined ? row.enabled : Number(enabled),
          updated_at: clock.now(),
        }
        await db.updateTable('scopes').set(updated).where('id', '=', id).execute()
        return { scope: toScope(updated) }
      })
    },

    async deleteScope({ id }, context) {
      const environment = environmentOf(context)
      await database.transaction(async (db) => {
        const { name } = await findScope(db, environment, id)
        const servers = await db
          .selectFrom('resources')
          .selectAll()
          .where('realm', '=', environment)
          .execute()
        const using = servers.filter((row) => resourceScopes(row).includes(name))
        if (using.length > 0) {
          const ids = using.map((row) => row.id).join(', ')
          throw apiError(
            Code.FailedPrecondition,
            `MCP servers use the scope ${name}: ${ids}. Take it from them first`,
          )
        }
        await db.deleteFrom('scopes').where('id', '=', id).execute()
      })
      return {}
    },
  }
}
