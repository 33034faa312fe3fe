import { askQuietly } from './ask.js'
import { type Finding, right, wrong } from './finding.js'
import { listOf, resourceOf, type Walk } from './walk.js'

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
