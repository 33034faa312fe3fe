import { Code, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type ClientService, clients } from '@scalekit-mcp/api'
import { changedData } from '../../../domain/clients/client-changes.js'
import { ClientData, clientData, findClient } from '../../../domain/clients/client-data.js'
import { environmentType } from '../../../domain/environments/environment-type.js'
import { endDependents } from '../../../domain/sessions/end.js'
import type { Store } from '../../../domain/store.js'
import { newId } from '../../../storage/ids.js'
import type { ClientRow } from '../../../storage/schema.js'
import { updatedFields } from '../../field-mask.js'
import { required } from '../../identity.js'
import { toClient } from '../../messages/client-message.js'
import { fetchList, readPage } from '../../page.js'
import { environmentOf } from '../../request-context.js'

/** The types of client that can be created. The credentials of an environment (`ENV`) come with it. */
const TYPES = ['WEB_APP', 'SPA', 'NTV']

/** The environment's own credentials and its applications (`skc_`), with where they may send people. */
export function clientHandlers({ database, clock }: Store): Partial<ServiceImpl<typeof ClientService>> {
  return {
    async listClient(request, context) {
      const environment = environmentOf(context)
      const types = request.filter?.clientType ?? []
      let query = database.db.selectFrom('clients').where('realm', '=', environment)
      if (types.length > 0) query = query.where('client_type', 'in', types)
      const page = readPage(['clients', environment, ...types], request)
      const { rows, tokens } = await fetchList(page, query.selectAll(), 'id')
      return { ...tokens, clients: rows.map(toClient) }
    },

    async createClient(request, context) {
      const client = required(request.client, 'client')
      const { clientType } = client
      if (!TYPES.includes(clientType)) {
        throw apiError(Code.InvalidArgument, `client.client_type: must be one of ${TYPES.join(', ')}`, {
          fieldViolations: [{ field: 'client.client_type', description: `one of ${TYPES.join(', ')}` }],
        })
      }
      const realm = environmentOf(context)
      const now = clock.now()
      return database.transaction(async (db) => {
        const rules = { environment: await environmentType(db, realm), clientType }
        const fields = updatedFields(clients.CreateClientSchema, client, undefined)
        const row: ClientRow = {
          id: newId('skc'),
          realm,
          client_type: clientType,
          secrets: '[]',
          data: JSON.stringify(changedData(ClientData.parse({}), client, fields, rules)),
          created_at: now,
          updated_at: now,
        }
        await db.insertInto('clients').values(row).execute()
        return { client: toClient(row) }
      })
    },

    async getClient({ clientId }, context) {
      return { client: toClient(await findClient(database.db, environmentOf(context), clientId)) }
    },

    async updateClient({ clientId, client, mask }, context) {
      const message = required(client, 'client')
      const environment = environmentOf(context)
      const fields = updatedFields(clients.UpdateClientSchema, message, mask)
      return database.transaction(async (db) => {
        const row = await findClient(db, environment, clientId)
        const rules = { environment: await environmentType(db, environment), clientType: row.client_type }
        const updated: ClientRow = {
          ...row,
          data: JSON.stringify(changedData(clientData(row), message, fields, rules)),
          updated_at: clock.now(),
        }
        await db.updateTable('clients').set(updated).where('id', '=', row.id).execute()
        return { client: toClient(updated) }
      })
    },

    async deleteClient({ clientId }, context) {
      const environment = environmentOf(context)
      await database.transaction(async (db) => {
        const row = await findClient(db, environment, clientId)
        if (row.client_type === 'ENV') {
          throw apiError(
            Code.FailedPrecondition,
            'These are the credentials of the environment: delete their secrets instead',
          )
        }
        await endDependents(db, clock, `client:${row.id}`)
        await db.deleteFrom('clients').where('id', '=', row.id).execute()
      })
      return {}
    },
  }
}
