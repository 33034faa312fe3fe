import { askQuietly } from './ask.js'
import { type Finding, failed, ok } from './finding.js'
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
    return [ok('issuer-metadata', place)]
  }
  return [
    failed(
      'issuer-metadata',
      `none of ${[...places].join(', ')} answers with a document`,
      'set authorization_servers to the issuer exactly as the provider writes it',
    ),
  ]
}

/** RFC 8414 section 3.3: compared as text. */
export function checkIssuer({ issuer, authorizationServer }: Walk): Finding[] {
  if (!issuer) return []
  if (issuer.issuer === authorizationServer) return [ok('issuer', 'the issuer is the same')]
  return [
    failed(
      'issuer',
      `its issuer is ${JSON.stringify(issuer.issuer)}, but the resource lists ${JSON.stringify(authorizationServer)}`,
      `set authorization_servers in PROTECTED_RESOURCE_METADATA to exactly ${JSON.stringify(issuer.issuer)}`,
    ),
  ]
}

/** What a client needs before it opens the sign-in page. */
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
    ? ok('endpoints', names.map((name) => String(issuer[name])).join(', '))
    : failed(
        'endpoints',
        `${bad.join(' and ')} is missing or not https`,
        'correct the metadata of the authorization server',
      )
}

function pkce(issuer: Document): Finding {
  return listOf(issuer, 'code_challenge_methods_supported').includes('S256')
    ? ok('pkce', 'S256')
    : failed(
        'pkce',
        'code_challenge_methods_supported does not include S256, so MCP clients refuse to sign in',
        'enable PKCE at the authorization server and list S256 in its metadata',
      )
}

function registration(issuer: Document): Finding {
  const ways = [
    ...(issuer.client_id_metadata_document_supported === true ? ['client id metadata documents'] : []),
    ...(typeof issuer.registration_endpoint === 'string' ? ['dynamic registration'] : []),
  ]
  return ways.length > 0
    ? ok('registration', ways.join(', '))
    : failed(
        'registration',
        'neither metadata documents nor dynamic registration',
        'allow one of them for this MCP server, or configure a client id in each client',
      )
}

/** An unknown scope ends the sign-in with invalid_scope. */
export function checkScopes({ challenge, issuer, resource }: Walk): Finding[] {
  if (!challenge || !issuer) return []
  const known = listOf(issuer, 'scopes_supported')
  const asked = challenge.scopes.length > 0 ? challenge.scopes : listOf(resource, 'scopes_supported')
  const unknown = known.length > 0 ? asked.filter((scope) => !known.includes(scope)) : []
  return unknown.length === 0
    ? [ok('scopes', asked.join(' ') || 'no scope is requested')]
    : [
        failed(
          'scopes',
          `the authorization server does not list ${unknown.join(' ')}`,
          'add them to the MCP server in the dashboard, or set SCOPE_NAMES to the form that it uses',
        ),
      ]
}
