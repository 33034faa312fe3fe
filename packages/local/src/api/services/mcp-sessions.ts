import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import type { ServiceImpl } from '@connectrpc/connect'
import type { McpService } from '@scalekit-mcp/api'
import type { Kysely } from 'kysely'
import { createAccountLink } from '../../domain/connected-accounts/account-link.js'
import { createAccount } from '../../domain/connected-accounts/connected-account-changes.js'
import { accountsOf, withConnection } from '../../domain/connected-accounts/connected-account-data.js'
import {
  type AppConnection,
  appConnections,
  findMcpConfig,
  mcpConfigData,
  toolMappings,
} from '../../domain/mcp-configs/mcp-config-data.js'
import { startMcpSession } from '../../domain/mcp-configs/start-mcp-session.js'
import type { Store } from '../../domain/store.js'
import type { Schema } from '../../storage/schema.js'
import { environmentOf } from '../request-context.js'

/** The accounts that a user connects for an agent, and the token with which the agent acts for the user. */
export function mcpSessionHandlers(store: Store): Partial<ServiceImpl<typeof McpService>> {
  const { database, clock } = store
  return {
    async listMcpConnectedAccounts({ configId, identifier, includeAuthLink }, context) {
      const environment = environmentOf(context)
      return database.transaction(async (db) => {
        const config = await findMcpConfig(db, environment, configId)
        const mappings = toolMappings(mcpConfigData(config), await appConnections(db, environment))
        const connectedAccounts = []
        for (const { connection } of mappings)
          connectedAccounts.push(await accountState(db, connection, identifier, includeAuthLink))
        return { connectedAccounts }
      })
    },

    async createMcpSessionToken({ mcpConfigId, keyId, identifier, expiry, accessLevel }, context) {
      const { token, expiresAt } = await startMcpSession(store, environmentOf(context), {
        ...{ mcpConfigId, keyId, identifier },
        readOnly: accessLevel === 'READ_ONLY',
        seconds: expiry && Number(expiry.seconds) + expiry.nanos / 1e9,
      })
      return { token, expiresAt: timestampFromMs(expiresAt) }
    },
  }

  /** Creates a missing account only if a link is requested. */
  async function accountState(
    db: Kysely<Schema>,
    { id, key_id, provider_key, type, environment_id }: AppConnection,
    identifier: string,
    withLink: boolean,
  ) {
    const known = await withConnection(accountsOf(db, environment_id))
      .where('connected_accounts.connection_id', '=', id)
      .where('connected_accounts.identifier', '=', identifier)
      .executeTakeFirst()
    const by = { connector: key_id, identifier }
    const account = known ?? (withLink ? await createAccount(db, environment_id, clock, by, {}) : undefined)
    const link =
      account && withLink && type !== 'NO_AUTH' && (await createAccountLink(store, db, account, {}))
    return {
      ...{ connectionId: id, connectionName: key_id, provider: provider_key },
      connectedAccountId: account?.id ?? '',
      connectedAccountStatus: account?.status ?? '',
      authenticationLink: link ? link.location : '',
    }
  }
}
