import { AuthError } from './errors.js'
import { hostsOf } from './hosts.js'
import type { HttpAnswer, HttpRequest } from './http-message.js'
import { writeHead } from './send.js'

const ALLOWED_HEADERS = [
  'Authorization',
  'Content-Type',
  'Accept',
  'MCP-Protocol-Version',
  'Mcp-Method',
  'Mcp-Name',
  'Mcp-Session-Id',
  'Last-Event-ID',
  'traceparent',
  'tracestate',
].join(', ')
const EXPOSED_HEADERS = 'WWW-Authenticate, Mcp-Session-Id, Retry-After, RateLimit, RateLimit-Policy'

/** The origins that a resource's own pages have. */
export function originsOf(resource: string): string[] {
  const { protocol } = new URL(resource)
  return hostsOf(resource).map((host) => new URL(`${protocol}//${host}`).origin)
}

/**
 * Refuses requests of foreign web pages (MCP, Streamable HTTP: an Origin that is present and not allowed is
 * a 403), tells browsers what the allowed ones may do, and answers their preflight. Scheme, host and port
 * are compared exactly; `*` allows every origin. Credentials are never allowed: tokens travel in a header, not in
 * cookies.
 *
 * @throws AuthError `origin_not_allowed`
 */
export function createOriginCheck(
  allowed: readonly string[] | '*',
  methods: readonly string[],
): (req: HttpRequest, res: HttpAnswer) => void {
  const origins = allowed === '*' ? undefined : new Set(allowed)
  return (req, res) => {
    const { origin } = req.headers
    if (origin !== undefined) {
      if (origins && !origins.has(origin)) {
        throw new AuthError('origin_not_allowed', 'Pages of this origin may not call this server.')
      }
      res.setHeader('Access-Control-Allow-Origin', origin)
      res.setHeader('Access-Control-Expose-Headers', EXPOSED_HEADERS)
      res.setHeader('Vary', 'Origin')
    }
    if (req.method === 'OPTIONS') {
      writeHead(res, 204, {
        Allow: [...methods, 'OPTIONS'].join(', '),
        'Access-Control-Allow-Methods': methods.join(', '),
        'Access-Control-Allow-Headers': ALLOWED_HEADERS,
        'Access-Control-Max-Age': '600',
      })
      res.end()
    }
  }
}
