import { differentPort } from '@scalekit-mcp/auth'
import { type Config, loadConfig } from '../config/config.js'
import { startServer } from '../main.js'
import { createLog } from '../observe/log.js'
import { ownSecrets } from '../observe/own-secrets.js'
import { createRedact } from '../observe/redact.js'
import { stopOnSignal } from './exit.js'
import { leaveCluster } from './leave-cluster.js'

/** `scalekit-mcp serve`: the server alone, configured by environment variables and `.env`. */
export async function serve(): Promise<void> {
  const config = loadConfig()
  const log = createLog(config.logLevel, undefined, createRedact(ownSecrets(config)))
  const server = await startServer(config, log)
  void server.checkCredentials()
  if (lacksServerId(config)) {
    log.warn(
      'MCP_SERVER_ID is missing: MCP clients cannot register with the whole environment. Set it to the id of this MCP server in the Scalekit dashboard, like res_…, or set PROTECTED_RESOURCE_METADATA.',
    )
  }
  const warning = differentPort(config.resource, server.port)
  if (warning !== undefined) log.warn(warning)
  stopOnSignal(
    async () => {
      await server.stop(config.shutdownDelaySeconds * 1000)
      await leaveCluster()
    },
    () => server.reopenFiles(),
  )
}

/** Whether the metadata sends clients to the environment or workspace itself, which nobody has asked for. */
function lacksServerId({ metadata, upstream, authorizationServers }: Config): boolean {
  const base = upstream.mode === 'workspace' ? upstream.workspaceUrl : upstream.environmentUrl
  return metadata === undefined && authorizationServers.includes(base)
}
