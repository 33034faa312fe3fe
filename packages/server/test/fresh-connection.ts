import { request } from 'node:http'

/** One call over a connection of its own. Resolves with its status, or with the code of what broke it. */
export function callOverNewConnection(port: number, token: string): Promise<number | string> {
  return new Promise((resolve) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path: '/mcp',
        method: 'POST',
        agent: false,
        headers: {
          host: `localhost:${port}`,
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2025-11-25',
        },
      },
      (response) => {
        response.resume()
        response.once('end', () => resolve(response.statusCode ?? 0))
        response.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
      },
    )
    sent.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    sent.end('{"jsonrpc":"2.0","id":1,"method":"ping"}')
  })
}
