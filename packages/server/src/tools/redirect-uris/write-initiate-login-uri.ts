import { ToolError } from '../../errors.js'
import type { ToolContext } from '../../tool.js'
import { findClient } from '../find-client.js'
import { toClient } from './client.js'

/**
 * Writes the one initiate login URI of a client; empty removes it. The mask leaves the other fields alone, so
 * there is no edit to lose: the last one counts.
 */
export async function writeInitiateLoginUri(
  scalekit: ToolContext['scalekit'],
  environmentId: string,
  clientId: string | undefined,
  uri: string,
) {
  const { id } = await findClient(scalekit, environmentId, clientId)
  const { client } = await scalekit.clients(environmentId).updateClient({
    clientId: id,
    client: { initiateLoginUri: uri },
    mask: { paths: ['initiate_login_uri'] },
  })
  if (!client) throw new ToolError('internal', 'Scalekit did not return the client.')
  return toClient(client)
}
