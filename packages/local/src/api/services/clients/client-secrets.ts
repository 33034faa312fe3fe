import { Code, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type ClientService, clients } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { findClient, isPublic } from '../../../domain/clients/client-data.js'
import {
  findSecret,
  readSecrets,
  type StoredSecret,
  withoutSecret,
  withSecret,
} from '../../../domain/clients/secrets.js'
import type { Store } from '../../../domain/store.js'
import type { Schema } from '../../../storage/schema.js'
import { updatedFields } from '../../field-mask.js'
import { required } from '../../identity.js'
import { toClientSecret } from '../../messages/client-message.js'
import { environmentOf } from '../../request-context.js'

/** The secrets of clients. The answer that creates one shows it; nothing else ever does. */
export function clientSecretHandlers({ database, clock }: Store): Partial<ServiceImpl<typeof ClientService>> {
  return {
    async createClientSecret({ clientId }, context) {
      const environment = environmentOf(context)
      return database.transaction(async (db) => {
        const row = await findClient(db, environment, clientId)
        if (isPublic(row)) {
          throw apiError(Code.FailedPrecondition, `A client of the type ${row.client_type} keeps no secret`)
        }
        const { plain, secret, secrets } = withSecret(row, clock.now())
        await save(db, clientId, secrets)
        return { plainSecret: plain, secret: toClientSecret(secret) }
      })
    },

    async updateClientSecret({ clientId, secretId, secret, mask }, context) {
      const environment = environmentOf(context)
      const message = required(secret, 'secret')
      // ACTIVE is 0, which no encoding tells from an absent status: only a mask does.
      const named = !mask || updatedFields(clients.UpdateClientSecretSchema, message, mask).has('status')
      const status = message.status === clients.ClientSecretStatus.INACTIVE ? 'INACTIVE' : 'ACTIVE'
      return database.transaction(async (db) => {
        const row = await findClient(db, environment, clientId)
        const updated: StoredSecret = { ...findSecret(row, secretId), ...(named && { status }) }
        const all = readSecrets(row).map((one) => (one.id === secretId ? updated : one))
        await save(db, clientId, JSON.stringify(all))
        return { secret: toClientSecret(updated) }
      })
    },

    async deleteClientSecret({ clientId, secretId }, context) {
      const environment = environmentOf(context)
      await database.transaction(async (db) => {
        const row = await findClient(db, environment, clientId)
        await save(db, clientId, withoutSecret(row, secretId))
      })
      return {}
    },
  }

  async function save(db: Kysely<Schema>, id: string, secrets: string): Promise<void> {
    await db.updateTable('clients').set({ secrets, updated_at: clock.now() }).where('id', '=', id).execute()
  }
}
