import type { IncomingMessage } from 'node:http'
import { AuthError } from './errors.js'
import { isLoopback } from './secure-url.js'

const DEFAULT_PORT: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' }

/** The `host:port` pairs under which a resource answers: its own, and on loopback every name of loopback. */
export function hostsOf(resource: string): string[] {
  const { hostname, port, protocol } = new URL(resource)
  const names = isLoopback(hostname)
    ? [...new Set([hostname, 'localhost', '127.0.0.1', '[::1]'])]
    : [hostname]
  if (port) return names.map((name) => `${name}:${port}`)
  return names.flatMap((name) => [name, `${name}:${DEFAULT_PORT[protocol]}`])
}

/**
 * Refuses requests for another host (DNS rebinding): exact host and port, from the request target when that
 * is in absolute form (RFC 9112 section 3.2.2), else from the Host header.
 *
 * @throws AuthError `host_not_allowed` (421)
 */
export function createHostCheck(allowed: readonly string[]): (req: IncomingMessage) => void {
  const hosts = new Set(allowed.map((host) => host.toLowerCase()))
  const isAllowed = (host: string | undefined) => host !== undefined && hosts.has(host.toLowerCase())
  return (req) => {
    const target = absoluteFormHost(req.url)
    const { host = target } = req.headers
    if (isAllowed(host) && (target === undefined || isAllowed(target))) return
    throw new AuthError('host_not_allowed', 'This server does not answer under that host name.')
  }
}

function absoluteFormHost(target = '/'): string | undefined {
  if (target.startsWith('/')) return undefined
  return /^https?:\/\/([^/?#]*)/i.exec(target)?.[1]
}
