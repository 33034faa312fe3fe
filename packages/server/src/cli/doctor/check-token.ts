import { localToken } from '../../config/config.js'
import { type Answer, askQuietly } from './ask.js'
import { type Finding, failed, notChecked, ok } from './finding.js'
import { isLoopback, resourceOf, type Walk } from './walk.js'

/** Without a token, gets one from the local environment if that is the authorization server. */
export async function checkToken(walk: Walk): Promise<Finding[]> {
  const local = walk.token === undefined ? await askLocal(walk) : undefined
  if (local?.status === 400 && !knowsResource(local)) return [isOtherUrl(walk) ? otherUrl : unknownHere(walk)]
  if (typeof local?.json?.access_token === 'string') walk.token = local.json.access_token
  if (walk.token === undefined) {
    return [notChecked('token', 'pass one with --token to check what needs it')]
  }
  const claims = claimsOf(walk.token)
  if (!claims) return [ok('token', 'it is opaque: only the server can read it')]
  const now = Date.now() / 1000
  const clock = tokenClock(claims, now, local !== undefined)
  if (typeof claims.exp === 'number' && claims.exp < now) {
    return [
      failed(
        'token',
        `it expired ${Math.round(now - claims.exp)} s ago`,
        'sign in again, or get a new token',
      ),
      ...clock,
      ...audience(walk, claims),
    ]
  }
  const scopes = typeof claims.scope === 'string' ? claims.scope : 'no scope'
  return [ok('token', `valid, with ${scopes}`), ...clock, ...audience(walk, claims)]
}

/** What a token's clock may be off, as the server tolerates it. */
const TOLERANCE_S = 5

/** The time at which a token was issued, against this machine's: of a new one in both directions, of another one ahead only. */
function tokenClock({ iat }: Readonly<Record<string, unknown>>, now: number, isNew: boolean): Finding[] {
  if (typeof iat !== 'number') return [notChecked('token-clock', 'the token does not say when it was issued')]
  const off = Math.round(iat - now)
  if (off > TOLERANCE_S || (isNew && off < -TOLERANCE_S)) {
    return [
      failed(
        'token-clock',
        `${isNew ? 'a new token' : 'the token'} was issued ${Math.abs(off)} s ${off > 0 ? 'ahead of' : 'behind'} the clock of this machine`,
        'synchronize the clocks of the authorization server and of this machine; a local environment may have a moved clock (POST /__local/clock)',
      ),
    ]
  }
  return [
    ok('token-clock', isNew ? `a new token is ${Math.abs(off)} s off` : `the token was issued ${-off} s ago`),
  ]
}

function audience({ url, resource }: Walk, { aud }: Readonly<Record<string, unknown>>): Finding[] {
  const wanted = typeof resource?.resource === 'string' ? resource.resource : resourceOf(url)
  const audiences = Array.isArray(aud) ? aud : [aud]
  if (audiences.includes(wanted) || audiences.includes(resourceOf(url))) return [ok('audience', wanted)]
  return [
    failed(
      'audience',
      `the token is for ${audiences.map(String).join(', ')}, but this server is ${wanted}`,
      'request the token with resource set to this URL (RFC 8707), and register the URL at the authorization server',
    ),
  ]
}

/** The answer of the local environment says what is unknown: the resource, or the person that `doctor` asks for. */
const knowsResource = ({ text }: Answer) => !text.includes('resource: nothing here is called')

const isOtherUrl = ({ url, resource }: Walk) => resource?.resource !== resourceOf(url)
const otherUrl = notChecked('token', 'the URL of the server is another one: see the line resource')

/** Clients get `invalid_target` (RFC 8707 section 2) for a resource that the authorization server does not know. */
function unknownHere({ url, authorizationServer }: Walk): Finding {
  return failed(
    'audience',
    `the local environment at ${authorizationServer} has no MCP server with the URL ${resourceOf(url)}`,
    'restart scalekit-mcp dev: another process with the same data changed the URL of its MCP server',
  )
}

/** Asks the local environment for a token for this server, where it is the authorization server. */
async function askLocal({ url, authorizationServer }: Walk): Promise<Answer | undefined> {
  if (authorizationServer === undefined || !isLoopback(authorizationServer) || !isLoopback(url))
    return undefined
  return askQuietly(new URL('/__local/tokens', authorizationServer).href, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-scalekit-local': localToken() ?? '1' },
    body: JSON.stringify({
      subject: 'admin@example.com',
      scopes: ['environment:read', 'organization:read', 'workspace:read'],
      expires_in: 300,
      resource: resourceOf(url),
    }),
  })
}

/** Decoded, not verified: the server does that. */
function claimsOf(token: string): Record<string, unknown> | undefined {
  const [, payload, signature] = token.split('.')
  if (payload === undefined || signature === undefined) return undefined
  try {
    return Object(JSON.parse(Buffer.from(payload, 'base64url').toString())) as Record<string, unknown>
  } catch {
    return undefined
  }
}
