import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createHostMatch, pathOf } from '@scalekit-mcp/auth/server'
import type { ToolDefinition } from '../tool.js'
import { landingPage } from './landing-page.js'
import { landingStyle } from './landing-style.js'

export interface LandingOptions {
  readonly resource: string
  /** Where MCP is; the page is there too, and at the root. */
  readonly path: string
  /** The names under which this server may be reached. */
  readonly hosts: readonly string[]
  readonly tools: readonly ToolDefinition[]
}

/**
 * Answers a browser that opens the server's URL, and nobody else: false leaves the request to the edge. What a browser
 * sends to open a page has no token and no Origin, asks for HTML, and not for an event stream as MCP clients do.
 */
export function createLanding(
  options: LandingOptions,
): (req: IncomingMessage, res: ServerResponse) => boolean {
  const body = Buffer.from(landingPage(options.resource, options.tools))
  const isOurHost = createHostMatch(options.resource, options.hosts)
  const style = createHash('sha256').update(landingStyle).digest('base64')
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': body.length,
    'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    Vary: 'Accept',
  }
  return (req, res) => {
    if (req.method !== 'GET') return false
    const path = pathOf(req.url)
    if (path !== options.path && path !== '/') return false
    if (!opensPage(req) || !isOurHost(hostOf(req))) return false
    res.writeHead(200, headers).end(body)
    return true
  }
}

function opensPage({ url = '', headers }: IncomingMessage): boolean {
  const accept = headers.accept ?? ''
  return (
    url.startsWith('/') &&
    headers.authorization === undefined &&
    headers.origin === undefined &&
    headers['transfer-encoding'] === undefined &&
    headers['content-length'] === undefined &&
    /(^|,)\s*text\/html\s*(;|,|$)/.test(accept) &&
    !accept.includes('text/event-stream')
  )
}

/** The one Host of a request; more than one is nobody's. */
export function hostOf({ headers, rawHeaders }: IncomingMessage): string {
  const given = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host')
  return given.length === 1 ? (headers.host ?? '') : ''
}
