import type { Resource } from '../../domain/resources/resources.js'
import { isIndicatorOf, listResources } from '../../domain/resources/resources.js'
import type { AuthorizationServer } from '../server/authorization-server.js'
import type { OAuthContext } from '../server/oauth-context.js'

/**
 * Completes what clients leave open in an authorization or token request. A resource indicator becomes the
 * resource's canonical URL, so that a slash at the end makes no difference between two requests; and a request
 * for an MCP server that names no scope asks for all of them (RFC 6749, section 3.3 leaves the default to us),
 * which the person sees and may refuse.
 */
export async function completeRequest(
  context: OAuthContext,
  server: AuthorizationServer,
  params: URLSearchParams,
): Promise<URLSearchParams> {
  const served =
    server.resource === undefined ? await listResources(context.database, server.realm) : [server.resource]
  const indicators = params.getAll('resource').map((sent) => named(served, sent)?.url ?? sent)
  const completed = new URLSearchParams(params)
  completed.delete('resource')
  for (const indicator of new Set(indicators)) completed.append('resource', indicator)

  const target = named(served, indicators[0] ?? server.resource?.url ?? '')
  const asksFirst = params.has('response_type') || params.get('grant_type') === 'client_credentials'
  if (target !== undefined && asksFirst && !params.get('scope'))
    completed.set('scope', target.scopes.join(' '))
  return completed
}

function named(resources: Resource[], indicator: string): Resource | undefined {
  return resources.find((resource) => isIndicatorOf(resource, indicator))
}
