import type { clients } from '@scalekit-mcp/api'
import * as z from 'zod'
import { ToolError } from '../../errors.js'
import type { Target } from '../../tool.js'

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

/** @throws ToolError `not_found` for a URI that is not in the list of the client */
export function requireListed(uris: readonly string[], uri: string): void {
  if (uris.includes(uri)) return
  throw new ToolError('not_found', `The client does not have the URI ${JSON.stringify(uri)} in this list.`, {
    nextStep: 'Read the URIs with list_redirect_uris and give one exactly as it stands there.',
  })
}

/** What a person is asked to confirm: the change of one URI of one client. */
export function uriTarget(
  client: clients.Client,
  uri: string | undefined,
  isAlready = false,
): Target<{ client: z.output<typeof clientFields> }> {
  const { id, name } = client
  const already = isAlready ? { client: toClient(client) } : undefined
  return { id, name: name || id, changes: { URI: uri }, already }
}
