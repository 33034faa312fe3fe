import type { AddressInfo } from 'node:net'
import { createHttpServer, forbiddenPort, unusableHost } from '@scalekit-mcp/auth'
import type { Express } from 'express'
import type { Config } from './config.js'

const STOP_MS = 10_000

/**
 * Serves an app until SIGINT or SIGTERM. Requests in progress then have ten seconds to finish.
 *
 * @param onListening receives the port, which the system chooses where `PORT` is 0
 * @param afterwards what to close when the last request is answered
 */
export function serve(
  app: Express,
  { host, port }: Pick<Config, 'host' | 'port'>,
  onListening: (port: number) => void,
  afterwards?: () => Promise<void>,
): void {
  const server = createHttpServer(app).listen(port, host, () =>
    onListening((server.address() as AddressInfo).port),
  )
  server.once('error', (error) => {
    const problem = unusableHost(error, host) ?? forbiddenPort(error, port)
    process.stderr.write(
      `${problem ?? `PORT ${port} cannot be used: ${error.message}. Set PORT to another number.`}\n`,
    )
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
