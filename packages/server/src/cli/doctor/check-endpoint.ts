import { ask, NoAnswer } from './ask.js'
import { type Finding, right, wrong } from './finding.js'
import { message } from './message.js'
import { type Challenge, isLoopback, type Walk } from './walk.js'

/** The first request of every client: without a token. */
export async function checkReach(walk: Walk): Promise<Finding[]> {
  const { url } = walk
  const started = performance.now()
  try {
    walk.first = await ask(url, message('2025-11-25', 'initialize', {}))
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error
    return [unreachable(url, error.code)]
  }
  return [right('reach', `it answered in ${Math.round(performance.now() - started)} ms`), transport(url)]
}

function unreachable(url: string, code: string): Finding {
  if (/CERT|SELF_SIGNED|SIGNATURE|TLS|SSL|EPROTO/.test(code)) {
    return wrong(
      'tls',
      `its certificate is not accepted (${code})`,
      'give it a certificate of a public authority with the whole chain; for one of your own set NODE_EXTRA_CA_CERTS',
    )
  }
  const { host } = new URL(url)
  const why: Record<string, string> = {
    ENOTFOUND: `there is no host named ${host}`,
    ECONNREFUSED: `nothing listens at ${host}`,
    timeout: `${host} did not answer in time`,
  }
  return wrong(
    'reach',
    why[code] ?? `the connection failed (${code})`,
    'start the server, and check the URL, the port and the firewall between',
  )
}

function transport(url: string): Finding {
  if (url.startsWith('https:')) return right('tls', 'its certificate is trusted')
  if (isLoopback(url)) return right('tls', 'it is on this machine, where http is enough')
  return wrong('tls', 'tokens would cross the network without encryption', 'serve it with https')
}

/** RFC 6750 section 3, RFC 9728 section 5.1. */
export function checkChallenge(walk: Walk): Finding[] {
  const { status, headers } = walk.first ?? { status: 0, headers: new Headers() }
  const header = headers.get('www-authenticate') ?? ''
  if (status !== 401) {
    return [wrong('challenge', `without a token it answered ${status}, not 401`, mendStatus(status, headers))]
  }
  if (!/^bearer(\s|$)/i.test(header)) {
    return [
      wrong(
        'challenge',
        header ? 'its challenge is not for Bearer tokens' : 'its 401 has no WWW-Authenticate header',
        'send WWW-Authenticate: Bearer resource_metadata="…" with the 401; a proxy may have dropped it',
      ),
    ]
  }
  walk.challenge = parseChallenge(header)
  const { resourceMetadata, scopes } = walk.challenge
  return [
    right(
      'challenge',
      `401, ${scopes.length > 0 ? `asks for ${scopes.join(' ')}` : 'names no scope'}${resourceMetadata ? '' : '; names no metadata'}`,
    ),
  ]
}

function mendStatus(status: number, headers: Headers): string {
  if (status < 300) return 'it lets everybody in: put the check of tokens before MCP'
  if (status < 400) return `it sends clients to ${headers.get('location') ?? 'another place'}: use that URL`
  if (status === 403) return 'it may refuse this host name: look at ALLOWED_HOSTS, and at the proxy before it'
  if (status === 404 || status === 405) return 'MCP is at another path: try the same URL with /mcp at the end'
  return 'look at the log of the server'
}

function parseChallenge(header: string): Challenge {
  const parameter = (name: string) => new RegExp(`[\\s,]${name}="([^"]*)"`, 'i').exec(header)?.[1]
  const resourceMetadata = parameter('resource_metadata')
  return {
    ...(resourceMetadata === undefined ? {} : { resourceMetadata }),
    scopes: parameter('scope')?.split(' ').filter(Boolean) ?? [],
  }
}
