import type { IncomingMessage } from 'node:http'
import proxyaddr from 'proxy-addr'

/**
 * Whom a request comes from: the address before as many proxies as the operator trusts, each of which adds one to
 * `X-Forwarded-For`. What a client writes there itself stands further left and is not believed.
 */
export function createClientAddress(trustedProxies: number): (req: IncomingMessage) => string {
  const isTrusted = (_: string, index: number) => index < trustedProxies
  return (req) =>
    trustedProxies === 0 ? (req.socket.remoteAddress ?? '') : (proxyaddr(req, isTrusted) ?? '')
}
