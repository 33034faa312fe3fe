import { isIP } from '#platform'
import { AuthError } from './errors.js'
import type { HttpRequest } from './http-message.js'
import { isLoopback } from './secure-url.js'

const DEFAULT_PORT: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' }

/** A name, an IPv4 address or an IPv6 address in brackets, each with or without a port, as in the Host header. */
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9_]([a-z0-9._-]*[a-z0-9])?)(:\d{1,5})?$/i

/** Whether a text has the form of a Host header (RFC 9110 section 7.2): no scheme, path or wildcard. */
export function isHost(text: string): boolean {
  const match = HOST.exec(text)
  return match !== null && Number(match[3]?.slice(1) ?? 0) <= 65_535
}

/** The `host:port` pairs under which a resource answers: its own, and on loopback every name of loopback. */
export function hostsOf(resource: string): string[] {
  const { hostname, port, protocol } = new URL(resource)
  const names = isLoopback(hostname) ? [...new Set([hostname, 'localhost', '127.0.0.1'])] : [hostname]
  if (port) return names.map((name) => `${name}:${port}`)
  return names.flatMap((name) => [name, `${name}:${DEFAULT_PORT[protocol]}`])
}

/**
 * Whether a resource answers under a `host:port`: those in `allowed`. On loopback, where tests and port mappings choose
 * the port, one loopback host in `allowed` stands for all of them, with any port.
 */
export function createHostMatch(
  resource: string,
  allowed: readonly string[] = hostsOf(resource),
): (host: string) => boolean {
  const hosts = new Set(allowed.map((host) => host.toLowerCase()))
  const { hostname } = new URL(resource)
  const isOnLoopback = (host: string) => {
    const [, name = '', port = ''] = /^(.*?)(?::(\d{1,5}))?$/.exec(host.toLowerCase()) ?? []
    if (Number(port) > 65_535) return false
    return name === hostname || name === 'localhost' || isLoopbackAddress(name)
  }
  const onLoopback = isLoopback(hostname) && allowed.some(isOnLoopback)
  return (host) => hosts.has(host.toLowerCase()) || (onLoopback && isOnLoopback(host))
}

/** 127.0.0.0/8 (RFC 6890). `[::1]` is a host only of a resource that has it. */
function isLoopbackAddress(name: string): boolean {
  return name.startsWith('127.') && isIP(name) === 4
}

/**
 * Refuses requests for another host (DNS rebinding): from the request target when that is in absolute form (RFC 9112
 * section 3.2.2), else from the Host header.
 *
 * @throws AuthError `host_not_allowed` (421)
 */
export function createHostCheck(resource: string, allowed?: readonly string[]): (req: HttpRequest) => void {
  const matches = createHostMatch(resource, allowed)
  return (req) => {
    const target = absoluteFormHost(req.url)
    const { host = target } = req.headers
    if (host !== undefined && matches(host) && (target === undefined || matches(target))) return
    throw new AuthError('host_not_allowed', 'This server does not answer under that host name.')
  }
}

function absoluteFormHost(target = '/'): string | undefined {
  if (target.startsWith('/')) return undefined
  return /^https?:\/\/([^/?#]*)/i.exec(target)?.[1]
}
