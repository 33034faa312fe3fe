import { createHttpServer } from '@scalekit-mcp/auth'
import type { Express } from 'express'

const STOP_MS = 10_000

/**
 * Serves an app until SIGINT or SIGTERM. Requests in progress then have ten seconds to finish.
 *
 * @param afterwards what to close when the last request is answered
 */
export function serve(
  app: Express,
  port: number,
  onListening: () => void,
  afterwards?: () => Promise<void>,
): void {
  const server = createHttpServer(app).listen(port, onListening)
  server.once('error', ({ message }) => {
    process.stderr.write(`PORT ${port} cannot be used: ${message}. Set PORT to another number.\n`)
    process.exit(78)
  })
  const stop = () => {
    // npm passes on the signal of a terminal, so it arrives twice.
    if (!server.listening) return
    setTimeout(() => server.closeAllConnections(), STOP_MS).unref()
    server.close(async () => {
      await afterwards?.()
      process.exit()
    })
  }
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop)
}
