import { connections } from '@scalekit-mcp/api'
import { ToolError } from '../../errors.js'
import type { ToolContext } from '../../tool.js'

const { OIDC, SAML, OAUTH } = connections.ConnectionType
const signInTypes: readonly connections.ConnectionType[] = [OIDC, SAML, OAUTH]

interface Named {
  readonly environmentId: string
  readonly provider?: string | undefined
}

/**
 * Refuses a provider that is no connection to an identity provider, of the environment or of one of its organizations.
 *
 * @throws ToolError `not_found`
 */
export async function requireConnection(
  { environmentId, provider }: Named,
  { scalekit, ifAllowed }: ToolContext,
): Promise<void> {
  if (provider === undefined) return
  const isProvider = ({ keyId, id, type }: Pick<connections.ListConnection, 'keyId' | 'id' | 'type'>) =>
    (keyId === provider || id === provider) && signInTypes.includes(type)
  const api = scalekit.connections(environmentId)
  const own = await ifAllowed(api.listConnections({ include: 'all' }))
  if (!own || own.connections.some(isProvider)) return
  const search = { query: provider.slice(0, 100), pageSize: 30 }
  const found = await ifAllowed(api.searchOrganizationConnections(search))
  if (!found || found.nextPageToken || found.connections.some(isProvider)) return
  throw new ToolError(
    'not_found',
    `provider: ${environmentId} has no connection to an identity provider with this keyId.`,
    {
      nextStep: 'Take the keyId from list_environment_connections or search_organization_connections.',
      details: { argument: 'provider' },
    },
  )
}
