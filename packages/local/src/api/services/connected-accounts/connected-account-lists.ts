import type { HandlerContext, ServiceImpl } from '@connectrpc/connect'
import type { ConnectedAccountService } from '@scalekit-mcp/api'
import {
  accountsOf,
  namedConnection,
  withConnection,
} from '../../../domain/connected-accounts/connected-account-data.js'
import { connectionData } from '../../../domain/connections/connection-data.js'
import { DomainError, invalid } from '../../../domain/domain-error.js'
import type { Store } from '../../../domain/store.js'
import { toListedAccount } from '../../messages/connected-account-message.js'
import { type PageRequest, pageOf, readPage } from '../../page.js'
import { environmentOf } from '../../request-context.js'
import { column, contains } from '../../search.js'

interface Filters {
  readonly organizationId?: string | undefined
  readonly userId?: string | undefined
  readonly identifier?: string | undefined
  readonly provider?: string
  readonly query?: string
  readonly connectionId?: string
  readonly connectors?: readonly string[]
  /** A name that may differ in case. */
  readonly connector?: string
}

export function connectedAccountListHandlers({
  database,
}: Store): Partial<ServiceImpl<typeof ConnectedAccountService>> {
  return {
    async listConnectedAccounts(request, context) {
      const { organizationId, userId, identifier, provider, query, connector, connectionNames } = request
      if (connector && connectionNames.length > 0) {
        throw invalid('connection_names: not together with connector', [
          { field: 'connection_names', description: 'not together with connector' },
        ])
      }
      const filters = { organizationId, userId, identifier, provider, query, connectors: connectionNames }
      return list(context, request, { ...filters, ...(connector && { connector }) })
    },

    async searchConnectedAccounts(request, context) {
      return list(context, request, { query: request.query, connectionId: request.connectionId })
    },
  }

  async function list(context: HandlerContext, request: PageRequest, filters: Filters) {
    const environment = environmentOf(context)
    const {
      organizationId,
      userId,
      identifier,
      provider,
      query,
      connectionId,
      connectors = [],
      connector,
    } = filters
    let accounts = accountsOf(database.db, environment)
    if (organizationId) accounts = accounts.where('connected_accounts.organization_id', '=', organizationId)
    if (userId) accounts = accounts.where('connected_accounts.user_id', '=', userId)
    if (identifier) accounts = accounts.where('connected_accounts.identifier', '=', identifier)
    if (connectionId) accounts = accounts.where('connected_accounts.connection_id', '=', connectionId)
    if (connector) {
      const named = await namedConnection(database.db, environment, connector).catch(orNone)
      accounts = accounts.where('connected_accounts.connection_id', '=', named?.id ?? '')
    }
    if (connectors.length > 0) accounts = accounts.where('connections.key_id', 'in', connectors)
    if (query) {
      const searched = ['connected_accounts.id', 'connected_accounts.identifier', 'connections.key_id']
      accounts = accounts.where(contains(database.dialect, searched.map(column), query))
    }
    const found = (await withConnection(accounts).execute()).filter(
      (row) => !provider || connectionData({ data: row.connection_data }).provider_key === provider,
    )
    const page = readPage(['connected accounts', environment, JSON.stringify(filters)], request)
    const { rows, tokens } = pageOf(page, found)
    return { ...tokens, connectedAccounts: rows.map(toListedAccount) }
  }
}

/** A list of what does not exist is empty. */
function orNone(error: unknown): undefined {
  if (!(error instanceof DomainError)) throw error
  return undefined
}
