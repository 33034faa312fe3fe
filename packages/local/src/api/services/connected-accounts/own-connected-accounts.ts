import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { Code, type HandlerContext, type ServiceImpl } from '@connectrpc/connect'
import { apiError, type ConnectedAccountService } from '@scalekit-mcp/api'
import { createAccountLink } from '../../../domain/connected-accounts/account-link.js'
import {
  createAccount,
  disconnectAccount,
} from '../../../domain/connected-accounts/connected-account-changes.js'
import { namedConnection } from '../../../domain/connected-accounts/connected-account-data.js'
import {
  type AccountOwner,
  accountAt,
  appConnections,
  findOwnAccount,
  ownAccounts,
} from '../../../domain/connected-accounts/own-accounts.js'
import { connectionData } from '../../../domain/connections/connection-data.js'
import { notFound } from '../../../domain/domain-error.js'
import type { Store } from '../../../domain/store.js'
import { activeMemberships } from '../../../domain/users/people.js'
import { toAccount } from '../../messages/connected-account-message.js'
import { environmentOf, principalKey } from '../../request-context.js'

/** The accounts of a signed-in user at the providers of application connections. */
export function ownConnectedAccountHandlers(
  store: Store,
): Partial<ServiceImpl<typeof ConnectedAccountService>> {
  const { database, clock } = store
  return {
    async listMyAppConnections(_request, context) {
      const owner = await ownerOf(context)
      const connections = await appConnections(database.db, owner.environment)
      const accounts = await ownAccounts(database.db, owner)
      return {
        connections: connections.map((connection) => {
          const account = accountAt(accounts, connection)
          return {
            connectionId: connection.id,
            provider: connectionData(connection).provider_key,
            connectionName: connection.key_id,
            enabled: connection.enabled === 1,
            userStatus: account?.status ?? 'NOT_CONNECTED',
            connectedAccountId: account?.id ?? '',
          }
        }),
      }
    },

    /** A user without an account at the connection gets one, which waits for consent. */
    async getMyConnectionMagicLink({ connectionName }, context) {
      const owner = await ownerOf(context)
      const { environment, user: userId, organization: organizationId } = owner
      return database.transaction(async (db) => {
        const connection = await namedConnection(db, environment, connectionName)
        if (!connectionData(connection).is_app)
          throw notFound(`connection not found: ${connectionName} is not a connection of agents`)
        const by = { connector: connection.key_id, userId, organizationId }
        const account =
          accountAt(await ownAccounts(db, owner), connection) ??
          (await createAccount(db, environment, clock, by, {}))
        const { location, row } = await createAccountLink(store, db, account, {})
        return { link: location, expiry: timestampFromMs(row.expires_at) }
      })
    },

    async disconnectMyConnectedAccount({ id }, context) {
      const owner = await ownerOf(context)
      return database.transaction(async (db) => {
        const account = await disconnectAccount(db, clock, await findOwnAccount(db, owner, id))
        return { connectedAccount: toAccount(account, false) }
      })
    },
  }

  /** A token for an organization acts there while the user is a member of it. */
  async function ownerOf(context: HandlerContext): Promise<AccountOwner> {
    const principal = context.values.get(principalKey)
    if (principal?.kind !== 'session')
      throw apiError(Code.PermissionDenied, 'Call this with the token of a signed-in user')
    const { userId: user, organization } = principal
    const own = organization === undefined ? [] : await activeMemberships(database, user)
    if (organization !== undefined && !own.some(({ id }) => id === organization))
      throw apiError(Code.PermissionDenied, 'The user does not belong to the organization of the token')
    return { environment: environmentOf(context), user, organization }
  }
}
