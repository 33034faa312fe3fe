import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Code, type HandlerContext, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type ConnectedAccountService } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import {
  changedAccount,
  createAccount,
} from '../../../domain/connected-accounts/connected-account-changes.js'
import {
  type AccountSelector,
  connectedAccountData,
  findAccount,
} from '../../../domain/connected-accounts/connected-account-data.js'
import { newLink } from '../../../domain/links/link-data.js'
import type { Store } from '../../../domain/store.js'
import type { ConnectedAccountRow } from '../../../storage/registry-schema.js'
import type { Schema } from '../../../storage/schema.js'
import { required } from '../../identity.js'
import { accountFields, toAccount } from '../../messages/connected-account-message.js'
import { environmentOf } from '../../request-context.js'

/** The accounts that people have at the providers of application connections, for agents to use. */
export function connectedAccountHandlers(store: Store): Partial<ServiceImpl<typeof ConnectedAccountService>> {
  const { database, clock } = store
  return {
    async createConnectedAccount(request, context) {
      const fields = accountFields(required(request.connectedAccount, 'connected_account'))
      const environment = environmentOf(context)
      return database.transaction(async (db) => {
        const { id } = await createAccount(db, environment, clock.now(), request, fields)
        return { connectedAccount: toAccount(await findAccount(db, environment, { id }), false) }
      })
    },

    async updateConnectedAccount(request, context) {
      const fields = accountFields(required(request.connectedAccount, 'connected_account'))
      return database.transaction(async (db) => {
        const found = await find(db, context, request)
        const updated = changedAccount(found, found.connection_type, clock.now(), fields)
        return { connectedAccount: toAccount({ ...found, ...(await save(db, updated)) }, false) }
      })
    },

    async deleteConnectedAccount(request, context) {
      const { id } = await find(database.db, context, request)
      await database.db.deleteFrom('connected_accounts').where('id', '=', id).execute()
      return {}
    },

    async disconnectConnectedAccount({ id }, context) {
      return database.transaction(async (db) => {
        const found = await find(db, context, { id })
        const { details: _, ...data } = connectedAccountData(found)
        const row = { ...found, status: 'DISCONNECTED', data: JSON.stringify(data) } as const
        return { connectedAccount: toAccount({ ...found, ...(await save(db, row)) }, false) }
      })
    },

    async getConnectedAccount({ id }, context) {
      return { connectedAccount: toAccount(await find(database.db, context, { id }), false) }
    },

    async getConnectedAccountDetails(request, context) {
      return { connectedAccount: toAccount(await find(database.db, context, request), false) }
    },

    /** The one that gives tokens and keys: what an agent calls the provider with. */
    async getConnectedAccountAuth(request, context) {
      return { connectedAccount: toAccount(await find(database.db, context, request), true) }
    },

    async getMagicLinkForConnectedAccount(request, context) {
      const environment = environmentOf(context)
      return database.transaction(async (db) => {
        const account = await find(db, context, request)
        if (account.connection_type === 'NO_AUTH') {
          throw apiError(
            Code.FailedPrecondition,
            `The connection ${account.connector} needs no authorization`,
          )
        }
        const subject = { organization_id: null, connected_account_id: account.id }
        const { state, userVerifyUrl } = request
        const { row, location } = newLink(store, environment, subject, {
          state,
          user_verify_url: userVerifyUrl,
        })
        await db.insertInto('links').values(row).execute()
        return { link: location, expiry: timestampFromMs(row.expires_at) }
      })
    },
  }

  function find(db: Kysely<Schema>, context: HandlerContext, by: AccountSelector) {
    return findAccount(db, environmentOf(context), by)
  }

  async function save(db: Kysely<Schema>, { id, status, data }: ConnectedAccountRow) {
    const changes = { status, data, updated_at: clock.now() }
    await db.updateTable('connected_accounts').set(changes).where('id', '=', id).execute()
    return changes
  }
}
