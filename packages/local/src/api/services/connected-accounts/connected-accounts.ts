import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Code, type HandlerContext, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type ConnectedAccountService } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { createAccountLink } from '../../../domain/connected-accounts/account-link.js'
import { verifyAccountUser } from '../../../domain/connected-accounts/complete-consent.js'
import {
  createAccount,
  deleteAccount,
  disconnectAccount,
  updateAccount,
} from '../../../domain/connected-accounts/connected-account-changes.js'
import {
  type AccountSelector,
  findAccount,
} from '../../../domain/connected-accounts/connected-account-data.js'
import { freshAccount } from '../../../domain/connected-accounts/fresh-account.js'
import { accountConnectedPage } from '../../../domain/connections/sso-callback.js'
import { DomainError } from '../../../domain/domain-error.js'
import type { Store } from '../../../domain/store.js'
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
        return {
          connectedAccount: toAccount(await createAccount(db, environment, clock, request, fields), true),
        }
      })
    },

    async updateConnectedAccount(request, context) {
      const fields = accountFields(required(request.connectedAccount, 'connected_account'))
      return database.transaction(async (db) => {
        const found = await find(db, context, request)
        return { connectedAccount: toAccount(await updateAccount(db, clock, found, fields), true) }
      })
    },

    async deleteConnectedAccount(request, context) {
      return database.transaction(async (db) => {
        await deleteAccount(db, clock, await find(db, context, request))
        return {}
      })
    },

    async disconnectConnectedAccount({ id }, context) {
      return database.transaction(async (db) => {
        const account = await disconnectAccount(db, clock, await find(db, context, { id }))
        return { connectedAccount: toAccount(account, false) }
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
      const account = await freshAccount(store, await find(database.db, context, request))
      return { connectedAccount: toAccount(account, true) }
    },

    /** The application has its own session: it says who the user is who came back from consent. */
    async verifyConnectedAccountUser({ authRequestId, identifier }, context) {
      const environment = environmentOf(context)
      const account = await verifyAccountUser(store, environment, authRequestId, identifier)
      if (account === undefined) {
        throw apiError(
          Code.PermissionDenied,
          'The account was connected for another user than this identifier',
        )
      }
      const connection = { id: account.connection_id, environment_id: environment }
      return { postUserVerifyRedirectUrl: accountConnectedPage(store.baseUrl, connection) }
    },

    async getMagicLinkForConnectedAccount(request, context) {
      const environment = environmentOf(context)
      return database.transaction(async (db) => {
        const account = await accountForLink(db, environment, request)
        const { state, userVerifyUrl } = request
        const { row, location } = await createAccountLink(store, db, account, {
          ...(state && { state }),
          ...(userVerifyUrl && { user_verify_url: userVerifyUrl }),
        })
        return { link: location, expiry: timestampFromMs(row.expires_at) }
      })
    },
  }

  /** Samples ask for the link first: a user without an account gets one, which waits for consent. */
  async function accountForLink(db: Kysely<Schema>, environment: string, by: AccountSelector) {
    try {
      return await findAccount(db, environment, by)
    } catch (error) {
      const unknown = error instanceof DomainError && error.code === 'not_found'
      if (!unknown || by.id || !by.identifier) throw error
      return createAccount(db, environment, clock, by, {})
    }
  }

  function find(db: Kysely<Schema>, context: HandlerContext, by: AccountSelector) {
    return findAccount(db, environmentOf(context), by)
  }
}
