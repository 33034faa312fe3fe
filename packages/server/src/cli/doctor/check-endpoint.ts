import { ask, askQuietly, NoAnswer } from './ask.js'
import { type Finding, failed, ok } from './finding.js'
import { message } from './message.js'
import { type Challenge, isLoopback, type Walk } from './walk.js'

/** The first request of every client has no token. */
export async function checkReach(walk: Walk): Promise<Finding[]> {
  const { url } = walk
  const started = performance.now()
  try {
    walk.first = await ask(url, message('2025-11-25', 'initialize', {}))
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error
    return [unreachable(url, error.code)]
  }
  return [ok('reach', `answered in ${Math.round(performance.now() - started)} ms`), transport(url)]
}

function unreachable(url: string, code: string): Finding {
  if (/WRONG_VERSION_NUMBER|EPROTO/.test(code)) {
    return failed(
      'tls',
      `what answers there does not speak TLS (${code})`,
      'serve it over https, or check the port; on this machine, http is fine',
    )
  }
  if (/CERT|SELF_SIGNED|SIGNATURE|TLS|SSL/.test(code)) {
    return failed(
      'tls',
      `its certificate is not accepted (${code})`,
      'serve a certificate of a public authority with its full chain; for your own authority, set NODE_EXTRA_CA_CERTS',
    )
  }
  const { host } = new URL(url)
  const why: Record<string, string> = {
    ENOTFOUND: `the host ${host} does not exist`,
    ECONNREFUSED: `nothing listens at ${host}`,
    timeout: `${host} did not answer in time`,
  }
  return failed(
    'reach',
    why[code] ?? `the connection failed (${code})`,
    'start the server, then check the URL, the port and the firewall',
  )
}

function transport(url: string): Finding {
  if (url.startsWith('https:')) return ok('tls', 'its certificate is trusted')
  if (isLoopback(url)) return ok('tls', 'http is fine on this machine')
  return failed('tls', 'tokens would cross the network without encryption', 'serve it over https')
}

/** RFC 6750 section 3, RFC 9728 section 5.1. */
export async function checkChallenge(walk: Walk): Promise<Finding[]> {
  const { status, headers } = walk.first ?? { status: 0, headers: new Headers() }
  const header = headers.get('www-authenticate') ?? ''
  if (status !== 401) {
    const { fix, section } = await fixOf(walk.url, status, headers)
    const text = `a request without a token was answered with ${status}, not 401`
    return [failed('challenge', text, fix, section)]
  }
  if (!/^bearer(\s|$)/i.test(header)) {
    return [
      failed(
        'challenge',
        header ? 'its challenge is not for Bearer tokens' : 'its 401 has no WWW-Authenticate header',
        'send WWW-Authenticate: Bearer resource_metadata="…" with the 401, and check that no proxy removes it',
      ),
    ]
  }
  walk.challenge = parseChallenge(header)
  const { resourceMetadata, scopes } = walk.challenge
  return [
    ok(
      'challenge',
      `401, ${scopes.length > 0 ? `asks for ${scopes.join(' ')}` : 'without a scope'}${resourceMetadata ? '' : ', without resource_metadata'}`,
    ),
  ]
}

async function fixOf(
  url: string,
  status: number,
  headers: Headers,
): Promise<{ readonly fix: string; readonly section?: string }> {
  if (status === 404 || status === 405 || isPage(status, headers))
    return { fix: await otherPath(url), section: 'wrong-path' }
  if (status < 300)
    return { fix: 'it accepts everyone: check tokens before MCP', section: 'order-of-middleware' }
  if (status < 400)
    return { fix: `it redirects to ${headers.get('location') ?? 'another URL'}: use that URL` }
  if (status === 421) {
    return {
      fix: 'forward the Host header through the proxy, or add the host to ALLOWED_HOSTS',
      section: 'misdirected-request',
    }
  }
  return { fix: 'read the log of the server, and of the proxy in front of it' }
}

/** A web page that is there, such as that of an app. MCP answers with JSON or events. */
const isPage = (status: number, headers: Headers) =>
  status === 200 && /^text\/html/i.test(headers.get('content-type') ?? '')

/** Most servers have MCP at /mcp or at the root. */
async function otherPath(given: string): Promise<string> {
  const { origin, pathname, search } = new URL(given)
  for (const path of ['/mcp', '/']) {
    const url = `${origin}${path}${search}`
    const answer =
      path === pathname ? undefined : await askQuietly(url, message('2025-11-25', 'initialize', {}))
    if (answer?.status === 401) return `use ${url}, which answers 401`
  }
  return 'MCP is at another path: use the URL in EXPECTED_AUDIENCE of the server'
}

function parseChallenge(header: string): Challenge {
  const parameter = (name: string) => new RegExp(`[\\s,]${name}="([^"]*)"`, 'i').exec(header)?.[1]
  const resourceMetadata = parameter('resource_metadata')
  return {
    ...(resourceMetadata === undefined ? {} : { resourceMetadata }),
    scopes: parameter('scope')?.split(' ').filter(Boolean) ?? [],
  }
}
