import { type Answer, askQuietly } from './ask.js'
import { type Finding, notChecked, right, wrong } from './finding.js'
import { isLoopback, resourceOf, type Walk } from './walk.js'

/** A token from the local environment, where that is the authorization server and none was given. */
export async function checkToken(walk: Walk): Promise<Finding[]> {
  const local = walk.token === undefined ? await askLocal(walk) : undefined
  if (local?.status === 400 && !knowsResource(local)) return [unknownHere(walk)]
  if (typeof local?.json?.access_token === 'string') walk.token = local.json.access_token
  if (walk.token === undefined) {
    return [notChecked('token', 'give one with --token to check what needs it')]
  }
  const claims = claimsOf(walk.token)
  if (!claims) return [right('token', 'it is opaque: the server alone can read it')]
  const now = Date.now() / 1000
  if (typeof claims.exp === 'number' && claims.exp < now) {
    return [
      wrong(
        'token',
        `it expired ${Math.round(now - claims.exp)} s ago`,
        'sign in again, or take a new token',
      ),
      ...audience(walk, claims),
    ]
  }
  const scopes = typeof claims.scope === 'string' ? claims.scope : 'no scope'
  return [right('token', `valid, with ${scopes}`), ...audience(walk, claims)]
}

function audience({ url, resource }: Walk, { aud }: Readonly<Record<string, unknown>>): Finding[] {
  const wanted = typeof resource?.resource === 'string' ? resource.resource : resourceOf(url)
  const audiences = Array.isArray(aud) ? aud : [aud]
  if (audiences.includes(wanted) || audiences.includes(resourceOf(url))) return [right('audience', wanted)]
  return [
    wrong(
      'audience',
      `the token is for ${audiences.map(String).join(', ')}, this server is ${wanted}`,
      'ask for the token with resource set to this URL (RFC 8707), and register the URL at the authorization server',
    ),
  ]
}

/** The local environment names what it does not have: the resource, or the person whom `doctor` asks for. */
const knowsResource = ({ text }: Answer) => !text.includes('resource: nothing here is called')

/** Clients get `invalid_target` (RFC 8707 section 2) for a resource that the authorization server does not know. */
function unknownHere({ url, authorizationServer }: Walk): Finding {
  return wrong(
    'audience',
    `the local environment at ${authorizationServer} has no MCP server with the URL ${resourceOf(url)}`,
    'restart scalekit-mcp dev: another start with the same data gave its MCP server another URL',
  )
}

/** Asks the local environment for a token for this server, where it is the authorization server. */
async function askLocal({ url, authorizationServer }: Walk): Promise<Answer | undefined> {
  if (authorizationServer === undefined || !isLoopback(authorizationServer) || !isLoopback(url))
    return undefined
  return askQuietly(new URL('/__local/tokens', authorizationServer).href, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-scalekit-local': '1' },
    body: JSON.stringify({
      subject: 'admin@example.com',
      scopes: ['environment:read', 'organization:read', 'workspace:read'],
      expires_in: 300,
      resource: resourceOf(url),
    }),
  })
}

/** Read, not verified: the server verifies it. */
function claimsOf(token: string): Record<string, unknown> | undefined {
  const [, payload, signature] = token.split('.')
  if (payload === undefined || signature === undefined) return undefined
  try {
    return Object(JSON.parse(Buffer.from(payload, 'base64url').toString())) as Record<string, unknown>
  } catch {
    return undefined
  }
}
