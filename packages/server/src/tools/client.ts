import type { clients } from '@scalekit-mcp/api'
import * as z from 'zod'
import { ToolError } from '../errors.js'
import type { ToolContext } from '../tool.js'
import { allClients } from './all-clients.js'

/** A client (an app) with where it may send people, as results give it. */
export const clientFields = z.object({
  id: z.string(),
  name: z.string().optional(),
  type: z.string(),
  redirectUris: z.array(z.string()),
  postLogoutRedirectUris: z.array(z.string()),
  initiateLoginUri: z.string().optional(),
})

export function toClient(client: clients.Client): z.output<typeof clientFields> {
  return {
    id: client.id,
    name: client.name || undefined,
    type: client.clientType,
    redirectUris: client.postLoginUris,
    postLogoutRedirectUris: client.postLogoutRedirectUris,
    initiateLoginUri: client.initiateLoginUri || undefined,
  }
}

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

/** @throws ToolError `not_found` for a URI that is not in the list of the client */
export function requireListed(uris: readonly string[], uri: string): void {
  if (uris.includes(uri)) return
  throw new ToolError('not_found', 'The client does not have this URI in this list.', {
    nextStep: 'Read the URIs with list_redirect_uris and give one exactly as it stands there.',
  })
}

/** What a person is asked to confirm: the change of one URI of one client. */
export async function clientTarget(
  { environmentId, clientId, uri }: { environmentId: string; clientId?: string | undefined; uri?: string },
  { scalekit }: ToolContext,
) {
  const { id, name } = await findClient(scalekit, environmentId, clientId)
  return { id, name: name || id, changes: { URI: uri } }
}
