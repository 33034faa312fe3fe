import type { clients } from '@scalekit-mcp/api'
import { ToolError } from '../errors.js'
import type { ToolContext } from '../tool.js'
import { allClients } from './all-clients.js'

/** @throws ToolError `not_found` */
export async function readClient(
  scalekit: ToolContext['scalekit'],
  environmentId: string,
  clientId: string,
): Promise<clients.Client> {
  const { client } = await scalekit.clients(environmentId).getClient({ clientId })
  if (!client) throw new ToolError('not_found', 'Scalekit has no such client.')
  return client
}

/**
 * Finds the client that a call is about: the named one, or the environment's own.
 *
 * @throws ToolError `not_found`, or `invalid_arguments` with the ids to choose from
 */
export async function findClient(
  scalekit: ToolContext['scalekit'],
  environmentId: string,
  clientId: string | undefined,
): Promise<clients.Client> {
  if (clientId !== undefined) return readClient(scalekit, environmentId, clientId)
  const all = await allClients(scalekit, environmentId)
  const own = all.filter(({ clientType }) => clientType === 'ENV')
  const [client, ...others] = own.length > 0 ? own : all
  if (!client) throw new ToolError('not_found', 'The environment has no client.')
  if (others.length === 0) return client
  throw new ToolError(
    'invalid_arguments',
    `The environment has ${others.length + 1} clients to choose from.`,
    {
      nextStep: 'List them with list_redirect_uris, then call again with clientId.',
    },
  )
}
