import { loadConfig } from '../config.js'
import { startServer } from '../main.js'
import { createLog } from '../observe/log.js'
import { stopOnSignal } from './exit.js'
import { leaveCluster } from './leave-cluster.js'

/** Load balancers ask for readiness every second or so. */
const LEAD_MS = 1_000

/** `scalekit-mcp serve`: the server alone, configured by environment variables. */
export async function serve(): Promise<void> {
  const config = loadConfig()
  const server = await startServer(config, createLog(config.logLevel))
  process.on('SIGHUP', () => void server.reopenFiles())
  stopOnSignal(async () => {
    await server.stop(LEAD_MS)
    await leaveCluster()
  })
}
