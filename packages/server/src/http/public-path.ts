import type { RequestListener } from 'node:http'
import { pathOf } from '@scalekit-mcp/auth/server'

/**
 * A proxy may strip a prefix from the path of the resource. From here on such a request has the path that its client sent, which
 * is what tokens, metadata and the log are about.
 *
 * @param received the exact path at which the proxy delivers MCP; absent where it changes nothing
 * @param path of the resource
 */
export function atPublicPath(
  listener: RequestListener,
  received: string | undefined,
  path: string,
): RequestListener {
  if (received === undefined) return listener
  return (req, res) => {
    const { url = '' } = req
    if (url.startsWith('/') && pathOf(url) === received) req.url = path + url.slice(received.length)
    listener(req, res)
  }
}
