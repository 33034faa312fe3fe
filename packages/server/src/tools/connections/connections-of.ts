import type { connections } from '@scalekit-mcp/api'
import { ToolError } from '../../errors.js'
import type { ToolContext } from '../../tool.js'
import {
  type OidcSettings,
  type Provider,
  toProvider,
  toScope,
  type WhichConnection,
} from './connection-input.js'

type Scalekit = ToolContext['scalekit']

/** @throws ToolError `not_found` */
export async function readConnection(
  scalekit: Scalekit,
  which: WhichConnection,
): Promise<connections.Connection> {
  const { environmentId, connectionId, organizationId } = which
  const client = scalekit.connections(environmentId)
  const { connection } = organizationId
    ? await client.getConnection({ organizationId, id: connectionId })
    : await client.getEnvironmentConnection({ connectionId })
  if (!connection) throw new ToolError('not_found', 'Scalekit has no such connection.')
  return connection
}

/**
 * Gives a connection of the environment the OIDC settings that are named, and leaves the others. The API wants
 * to hear again which provider it is.
 */
export async function writeOidcSettings(
  scalekit: Scalekit,
  before: connections.Connection,
  environmentId: string,
  changes: OidcSettings & { readonly provider?: Provider | undefined; readonly keyId?: string | undefined },
): Promise<connections.Connection> {
  const { provider, keyId, scopes, ...values } = changes
  const { connection } = await scalekit.connections(environmentId).updateEnvironmentConnection({
    connectionId: before.id,
    connection: {
      provider: provider ? toProvider(provider) : before.provider,
      providerKey: provider ?? before.providerKey,
      keyId,
      settings: { case: 'oidcConfig', value: { ...values, scopes: (scopes ?? []).map(toScope) } },
    },
  })
  if (!connection) throw new ToolError('internal', 'Scalekit did not return the connection.')
  return connection
}
