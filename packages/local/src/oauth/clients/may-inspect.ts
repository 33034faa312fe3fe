import { m2mClientAt } from '../../domain/clients/m2m-clients.js'
import { partitionOf } from '../../domain/environments/realm.js'
import type { ServerIdentity } from '../server/oauth-context.js'
import { isScalekitClient } from './scalekit-clients.js'

/**
 * Who may ask about a token (RFC 7662, section 2.1): the environment's own clients about any of the realm, a client
 * of an MCP server about those for that server, and every client about its own.
 */
export async function mayInspect(
  server: ServerIdentity,
  client: { readonly clientId: string; readonly clientAuthMethod?: string },
  token: { readonly clientId: string | undefined; readonly audience?: readonly string[] },
): Promise<boolean> {
  if (token.clientId === client.clientId) return true
  if (isScalekitClient(client.clientId)) return client.clientAuthMethod !== 'none'
  const machine = await m2mClientAt(server.context.database, partitionOf(server), client.clientId)
  return Boolean(machine?.resourceId && token.audience?.includes(machine.resourceId))
}
