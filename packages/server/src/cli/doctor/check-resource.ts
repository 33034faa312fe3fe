import { askQuietly } from './ask.js'
import { type Finding, right, wrong } from './finding.js'
import { isLoopback, listOf, resourceOf, type Walk } from './walk.js'

/** RFC 9728 section 5.2: the document that the challenge names, or else the ones at the well-known places. */
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
        wrong(
          'resource-metadata',
          `${place} names no authorization server`,
          'list the issuer of your tokens in authorization_servers (PROTECTED_RESOURCE_METADATA)',
        ),
      ]
    }
    walk.authorizationServer = server
    if (isWholeEnvironment(server, walk.scalekit)) return [withoutServerId(place, server)]
    return [right('resource-metadata', `${place} names ${server}`)]
  }
  return [
    wrong(
      'resource-metadata',
      `there is no document at ${places.join(' or ')}`,
      'serve it there to everybody, without a token; a proxy has to pass /.well-known/ on',
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
  return wrong(
    'resource-metadata',
    `${place} names ${server}, the whole environment, where MCP clients cannot register`,
    'set MCP_SERVER_ID to the id of this MCP server in the Scalekit dashboard, like res_…, or PROTECTED_RESOURCE_METADATA to its metadata document',
  )
}

/** RFC 9728 section 3.3: the resource is compared as text; clients refuse another. */
export function checkResource({ url: given, resource }: Walk): Finding[] {
  if (!resource) return []
  const url = resourceOf(given)
  if (resource.resource === url) return [right('resource', 'it names exactly this URL')]
  return [
    wrong(
      'resource',
      `it names ${JSON.stringify(resource.resource)}, and clients were given ${JSON.stringify(url)}`,
      'make them equal to the letter, the slash at the end too: EXPECTED_AUDIENCE and "resource" of PROTECTED_RESOURCE_METADATA are what clients type',
    ),
  ]
}
