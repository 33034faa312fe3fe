import { loadConfig } from '../config.js'
import { startServer } from '../main.js'
import { createLog } from '../observe/log.js'
import { stopOnSignal } from './exit.js'
import { leaveCluster } from './leave-cluster.js'

/** `scalekit-mcp serve`: the server alone, configured by environment variables. */
export async function serve(): Promise<void> {
  const config = loadConfig()
  const server = await startServer(config, createLog(config.logLevel))
  stopOnSignal(
    async () => {
      await server.stop(config.shutdownDelaySeconds * 1000)
      await leaveCluster()
    },
    () => server.reopenFiles(),
  )
}
