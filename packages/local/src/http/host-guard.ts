import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'

type Incoming = IncomingMessage | Http2ServerRequest
type Outgoing = ServerResponse | Http2ServerResponse

/** Where forms are: of the dashboard, of a sign-in, of the admin portal. Express matches paths in any letter case. */
const PAGES = /^\/dashboard(\/|$)|\/(interaction|oidc|portal|simulator)(\/|$)/i

interface Reach {
  /** The port that the environment listens on. */
  readonly port: number
  /** Names besides its own and those of this machine, with their port. */
  readonly allowedHosts: readonly string[]
}

/**
 * Lets in only requests that were meant for this environment: a page that points its own name at our address sends
 * that name as the Host (DNS rebinding), and gets nothing. Forms of our pages come from our own origin only.
 * What passes is given the canonical host, so that every URL in an answer is the same, however we were reached.
 */
export function createHostGuard({ protocol, host: canonical }: URL, { port, allowedHosts }: Reach) {
  const loopback = ['localhost', '127.0.0.1', '[::1]'].map((name) => `${name}:${port}`)
  const hosts = new Set([canonical, ...loopback, ...allowedHosts].map((name) => name.toLowerCase()))

  /** Answers what must not come in, and says whether it did. */
  return function refused(request: Incoming, response: Outgoing): boolean {
    const host = authority(request)
    if (hostLines(request) > 1)
      return answer(response, 400, 'A request has one Host (RFC 9112, section 3.2).')
    if (host === undefined || !hosts.has(host.toLowerCase())) {
      return answer(response, 421, notOurs(canonical))
    }
    const { origin } = request.headers
    if (
      PAGES.test(pathOf(request)) &&
      request.method === 'POST' &&
      origin !== undefined &&
      ![...hosts].some((name) => origin === `${protocol}//${name}`)
    ) {
      return answer(response, 403, 'This form belongs to another site.')
    }
    if (host !== canonical && request.method === 'GET' && /\/oauth\/authorize$/i.test(pathOf(request))) {
      // Cookies belong to a host: the sign-in starts where it will come back to.
      response.setHeader('Location', `${protocol}//${canonical}${request.url}`)
      return answer(response, 307, 'Continue at the canonical address.')
    }
    request.headers.host = canonical
    for (const name of ['x-forwarded-host', 'x-forwarded-for']) delete request.headers[name]
    // A proxy in front may end TLS.
    request.headers['x-forwarded-proto'] = protocol.slice(0, -1)
    return false
  }
}

const notOurs = (canonical: string) =>
  canonical.startsWith('localhost:')
    ? 'The local environment answers to localhost only.'
    : `The local environment answers to ${canonical}. Add another name to ALLOWED_HOSTS.`

/** The path of a request, whose target may be a whole URL (RFC 9112, section 3.2.2). */
function pathOf({ url = '' }: Incoming): string {
  const target = url.startsWith('/') ? url : (URL.parse(url)?.pathname ?? url)
  return target.split('?', 1)[0] ?? ''
}

/** Node takes the first of several. */
function hostLines({ rawHeaders }: Incoming): number {
  return rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host').length
}

function authority(request: Incoming): string | undefined {
  const pseudo = 'authority' in request ? request.authority : undefined
  return pseudo || request.headers.host
}

function answer(response: Outgoing, status: number, message: string): true {
  response.statusCode = status
  response.setHeader('Content-Type', 'application/json')
  response.end(
    JSON.stringify({ error: status === 307 ? 'redirect' : 'forbidden', error_description: message }),
  )
  return true
}
