import { askQuietly } from './ask.js'
import { type Finding, failed, ok } from './finding.js'
import { isLoopback, listOf, resourceOf, type Walk } from './walk.js'

/** RFC 9728 section 5.2: the document in the challenge, or those at the well-known paths. */
export async function checkResourceMetadata(walk: Walk): Promise<Finding[]> {
  const named = walk.challenge?.resourceMetadata
  const { origin, pathname } = new URL(walk.url)
  const wellKnown = `${origin}/.well-known/oauth-protected-resource`
  const places =
    named !== undefined ? [named] : [`${wellKnown}${pathname === '/' ? '' : pathname}`, wellKnown]
  for (const place of places) {
    const answer = URL.canParse(place) ? await askQuietly(place) : undefined
    if (answer?.status !== 200 || !answer.json) continue
    walk.resource = answer.json
    const [server] = listOf(answer.json, 'authorization_servers')
    if (server === undefined || !URL.canParse(server)) {
      return [
        failed(
          'resource-metadata',
          `${place} lists no authorization server`,
          'list the issuer of your tokens in authorization_servers (PROTECTED_RESOURCE_METADATA)',
        ),
      ]
    }
    walk.authorizationServer = server
    if (isWholeEnvironment(server, walk.scalekit)) return [withoutServerId(place, server)]
    return [ok('resource-metadata', `${place} lists ${server}`)]
  }
  return [
    failed(
      'resource-metadata',
      `there is no document at ${places.join(' or ')}`,
      'serve it there without a token; a proxy must forward /.well-known/',
    ),
  ]
}

/** A Scalekit environment or workspace: the configured one, by Scalekit's own domains, or by the local environment's paths. */
function isWholeEnvironment(issuer: string, configured: string | undefined): boolean {
  const url = issuer.replace(/\/+$/, '')
  const { hostname, pathname } = new URL(url)
  if (url === configured) return true
  if (isLoopback(url)) return /^\/(env_[0-9]+|workspace)$/.test(pathname)
  return /\.scalekit\.(com|dev|cloud)$/.test(hostname) && pathname === '/'
}

/** Clients register with, and get the scopes of, the authorization server that Scalekit has for one MCP server. */
function withoutServerId(place: string, server: string): Finding {
  return failed(
    'resource-metadata',
    `${place} lists ${server}, the whole environment, where MCP clients cannot register`,
    'set MCP_SERVER_ID to the id of this MCP server in the Scalekit dashboard, like res_…, or set PROTECTED_RESOURCE_METADATA to its metadata document',
  )
}

/** RFC 9728 section 3.1: a proxy that strips a prefix, or forwards the MCP path alone, hides this from clients. */
export async function checkWellKnown({ url, resource }: Walk): Promise<Finding[]> {
  if (!resource) return []
  const { origin, pathname } = new URL(url)
  const path = `/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}`
  const answer = await askQuietly(origin + path)
  if (answer?.status === 200 && answer.json?.resource === resource.resource) {
    return [ok('well-known', origin + path)]
  }
  return [
    failed(
      'well-known',
      `${origin}${path} ${answer ? `answers with ${answer.status}` : 'does not answer'}${answer?.status === 200 ? ', with another document' : ''}`,
      `let the proxy forward ${path} to the server as it is; where it strips a prefix from the path of MCP, set MCP_PATH`,
    ),
  ]
}

/** RFC 9728 section 3.3: clients compare the resource as text. */
export function checkResource({ url: given, resource }: Walk): Finding[] {
  if (!resource) return []
  const url = resourceOf(given)
  if (resource.resource === url) return [ok('resource', 'it is exactly this URL')]
  return [
    failed(
      'resource',
      `it is ${JSON.stringify(resource.resource)}, but the URL of the client is ${JSON.stringify(url)}`,
      'set EXPECTED_AUDIENCE, "resource" in PROTECTED_RESOURCE_METADATA and the URL in clients to the same text, with the same trailing slash',
    ),
  ]
}
