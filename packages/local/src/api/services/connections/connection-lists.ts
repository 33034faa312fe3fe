import type { ServiceImpl } from '@connectrpc/connect'
import { type ConnectionService, connections } from '@scalekit-mcp/api'
import { connectionData, OWN_LOGIN } from '../../../domain/connections/connection-data.js'
import { servesDomain } from '../../../domain/connections/domain-connections.js'
import { domainsOf } from '../../../domain/domains/domain-data.js'
import { findOrganization } from '../../../domain/organizations/organization-data.js'
import type { Store } from '../../../domain/store.js'
import type { ConnectionRow, DomainRow } from '../../../storage/registry-schema.js'
import { toListConnection } from '../../messages/connection-message.js'
import { typeName } from '../../messages/connection-request.js'
import { type PageRequest, pageOf, readPage } from '../../page.js'
import { environmentOf } from '../../request-context.js'

type Listed = ConnectionRow & { readonly organization_name: string | null }

export function connectionListHandlers({
  database,
  baseUrl,
}: Store): Partial<ServiceImpl<typeof ConnectionService>> {
  return {
    /**
     * Of the environment, or of the organization or the domain that is named. Those that are disabled, and
     * those for agents, come with `include=all` only.
     */
    async listConnections({ organizationId, domain, include }, context) {
      const { rows, domains } = await everything(environmentOf(context))
      if (organizationId) await findOrganization(database.db, environmentOf(context), { id: organizationId })
      const place = (row: Listed) => {
        if (organizationId) return row.organization_id === organizationId
        return domain ? row.organization_id !== null : row.organization_id === null
      }
      const found = rows
        .filter(place)
        .filter((row) => include === 'all' || (row.enabled === 1 && !connectionData(row).is_app))
        .filter((row) => !domain || servesDomain(row, domains, domain))
      return { connections: found.map((row) => toListConnection(row, domains, baseUrl)) }
    },

    async listOrganizationConnections(request, context) {
      const list = await everything(environmentOf(context))
      const found = list.rows.filter((row) => row.organization_id !== null)
      return page(['organization connections', environmentOf(context)], request, found, list.domains)
    },

    async searchOrganizationConnections(request, context) {
      const { query = '', provider = '', enabled, status = 0, connectionType = 0 } = request
      const list = await everything(environmentOf(context))
      const found = list.rows
        .filter((row) => row.organization_id !== null)
        .filter((row) => matches(row, query))
        .filter((row) => !provider || row.provider === provider.toUpperCase())
        .filter((row) => status === 0 || row.status === connections.ConnectionStatus[status])
        .filter((row) => connectionType === 0 || row.type === typeName(connectionType))
        .filter((row) => enabled === undefined || row.enabled === Number(enabled))
      const name = JSON.stringify([environmentOf(context), query, provider, status, connectionType, enabled])
      return page(['found connections', name], request, found, list.domains)
    },

    /** The connections that agents use on behalf of people. */
    async listAppConnections(request, context) {
      const { provider = '', query = '' } = request
      const list = await everything(environmentOf(context))
      const found = list.rows
        .filter((row) => connectionData(row).is_app)
        .filter((row) => !provider || connectionData(row).provider_key === provider)
        .filter((row) => matches(row, query))
      return page(['app connections', environmentOf(context), provider, query], request, found, list.domains)
    },
  }

  async function everything(environment: string) {
    const rows: Listed[] = await database.db
      .selectFrom('connections')
      .leftJoin('organizations', 'organizations.id', 'connections.organization_id')
      .selectAll('connections')
      .select('organizations.display_name as organization_name')
      .where('connections.environment_id', '=', environment)
      .where('connections.type', '!=', OWN_LOGIN)
      .orderBy('connections.id', 'desc')
      .execute()
    return { rows, domains: await domainsOf(database.db, environment) }
  }

  function page(
    list: readonly string[],
    request: PageRequest,
    found: readonly Listed[],
    domains: readonly DomainRow[],
  ) {
    const { rows, tokens } = pageOf(readPage(list, request), found)
    return { ...tokens, connections: rows.map((row) => toListConnection(row, domains, baseUrl)) }
  }
}

function matches(row: Listed, query: string): boolean {
  const { provider_key, ui_button_title } = connectionData(row)
  const texts = [row.id, row.key_id, row.organization_name ?? '', provider_key, ui_button_title]
  return texts.some((text) => text.toLowerCase().includes(query.toLowerCase()))
}
