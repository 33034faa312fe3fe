import { createServer, type RequestListener, type Server } from 'node:http'
import { noteAwaitsContinue } from './await-continue.js'

/**
 * A Node HTTP server with the limits that an endpoint on the internet needs: 16 KiB of headers within 10
 * seconds, a request within 30, idle connections closed after 5. A client that sends `Expect: 100-continue`
 * is told to go on only once its token was accepted (RFC 9110 section 10.1.1).
 *
 * @example createHttpServer(app).listen(3000)
 */
export function createHttpServer(listener: RequestListener): Server {
  const server = createServer(
    {
      maxHeaderSize: 16 * 1024,
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 5_000,
      connectionsCheckingInterval: 1_000,
      requireHostHeader: true,
    },
    listener,
  )
  // No limit of Node's own: past it Node 20 drops headers without a word, and Node 24 answers without a body. The size bounds them.
  server.maxHeadersCount = 0
  server.on('checkContinue', (req, res) => {
    noteAwaitsContinue(req)
    listener(req, res)
  })
  return server
}
