import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface TokenProxy {
  readonly port: number
  /** Sends what comes to the server at this port, with this token. */
  forwardTo(target: { port: number; token: string }): void
  close(): Promise<void>
}

/**
 * A proxy that puts an access token on every request, and changes nothing else: the conformance suite has no
 * way to send one. So the suite runs through the real guard, limits and CORS.
 */
export async function startTokenProxy(): Promise<TokenProxy> {
  let target: { port: number; token: string } | undefined
  const server = createServer((req, res) => {
    if (!target) return void res.writeHead(503).end()
    const onward = request(
      {
        port: target.port,
        method: req.method,
        path: req.url,
        headers: [...req.rawHeaders, 'authorization', `Bearer ${target.token}`],
      },
      (answer) => {
        res.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
        answer.pipe(res)
      },
    )
    onward.on('error', () => res.destroy())
    res.on('close', () => onward.destroy())
    req.pipe(onward)
  })
  await new Promise<void>((listening) => server.listen(0, listening))
  return {
    port: (server.address() as AddressInfo).port,
    forwardTo(next) {
      target = next
    },
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
