import type { IncomingMessage } from 'node:http'
import { ipAddressOf } from '@scalekit-mcp/auth/server'
import proxyaddr from 'proxy-addr'

/**
 * The address that a request comes from, before as many proxies as the operator trusts. Each of them adds one address to
 * `X-Forwarded-For`, some with a port; what a client writes there itself is further left and is not trusted.
 */
export function createClientAddress(trustedProxies: number): (req: IncomingMessage) => string {
  const isTrusted = (_: string, index: number) => index < trustedProxies
  return (req) => {
    if (trustedProxies === 0) return req.socket.remoteAddress ?? ''
    return ipAddressOf(proxyaddr(req, isTrusted) ?? '') ?? 'unknown'
  }
}
