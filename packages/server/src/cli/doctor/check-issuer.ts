import { askQuietly } from './ask.js'
import { type Finding, right, wrong } from './finding.js'
import { isLoopback, listOf, type Walk } from './walk.js'

/** RFC 8414 section 3.1, and OpenID Connect Discovery: the three places where clients look, in their order. */
export async function checkIssuerMetadata(walk: Walk): Promise<Finding[]> {
  const issuer = walk.authorizationServer
  if (issuer === undefined) return []
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  const places = new Set([
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}/.well-known/openid-configuration${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ])
  for (const place of places) {
    const answer = await askQuietly(place)
    if (answer?.status !== 200 || !answer.json) continue
    walk.issuer = answer.json
    return [right('issuer-metadata', place)]
  }
  return [
    wrong(
      'issuer-metadata',
      `none of ${[...places].join(', ')} answers with a document`,
      'check authorization_servers: it has to be the issuer itself, as the provider writes it',
    ),
  ]
}

/** RFC 8414 section 3.3: compared as text. */
export function checkIssuer({ issuer, authorizationServer }: Walk): Finding[] {
  if (!issuer) return []
  if (issuer.issuer === authorizationServer) return [right('issuer', 'it names the same issuer')]
  return [
    wrong(
      'issuer',
      `it names ${JSON.stringify(issuer.issuer)}, and the resource names ${JSON.stringify(authorizationServer)}`,
      `write ${JSON.stringify(issuer.issuer)} into authorization_servers of PROTECTED_RESOURCE_METADATA, to the letter`,
    ),
  ]
}

/** What a client has to find there before it sends anybody to sign in. */
export function checkSignIn({ issuer }: Walk): Finding[] {
  if (!issuer) return []
  return [endpoints(issuer), pkce(issuer), registration(issuer)]
}

type Document = Readonly<Record<string, unknown>>

function endpoints(issuer: Document): Finding {
  const names = ['authorization_endpoint', 'token_endpoint']
  const bad = names.filter((name) => {
    const url = issuer[name]
    return typeof url !== 'string' || !URL.canParse(url) || !(url.startsWith('https:') || isLoopback(url))
  })
  return bad.length === 0
    ? right('endpoints', names.map((name) => String(issuer[name])).join(', '))
    : wrong(
        'endpoints',
        `${bad.join(' and ')} is missing or not https`,
        'mend the metadata of the authorization server',
      )
}

function pkce(issuer: Document): Finding {
  return listOf(issuer, 'code_challenge_methods_supported').includes('S256')
    ? right('pkce', 'S256')
    : wrong(
        'pkce',
        'code_challenge_methods_supported does not name S256, so MCP clients refuse to sign in',
        'turn PKCE on at the authorization server, and list S256 in its metadata',
      )
}

function registration(issuer: Document): Finding {
  const ways = [
    ...(issuer.client_id_metadata_document_supported === true ? ['client id metadata documents'] : []),
    ...(typeof issuer.registration_endpoint === 'string' ? ['dynamic registration'] : []),
  ]
  return ways.length > 0
    ? right('registration', ways.join(', '))
    : wrong(
        'registration',
        'neither metadata documents nor dynamic registration',
        'allow one of them for this MCP server, or give each client a client id of its own',
      )
}

/** A scope that the authorization server does not know ends the sign-in with invalid_scope. */
export function checkScopes({ challenge, issuer, resource }: Walk): Finding[] {
  if (!challenge || !issuer) return []
  const known = listOf(issuer, 'scopes_supported')
  const asked = challenge.scopes.length > 0 ? challenge.scopes : listOf(resource, 'scopes_supported')
  const unknown = known.length > 0 ? asked.filter((scope) => !known.includes(scope)) : []
  return unknown.length === 0
    ? [right('scopes', asked.join(' ') || 'none are asked for')]
    : [
        wrong(
          'scopes',
          `the authorization server does not list ${unknown.join(' ')}`,
          'add them to the MCP server in the dashboard, or set SCOPE_NAMES to the names that it has',
        ),
      ]
}
