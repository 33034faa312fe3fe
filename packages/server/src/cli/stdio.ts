import { loadConfig } from '../config/config.js'
import { createLog } from '../observe/log.js'
import { ownSecrets } from '../observe/own-secrets.js'
import { createRedact } from '../observe/redact.js'
import { type StdioServer, startStdio } from '../stdio-server.js'
import { stopOnSignal, UsageError } from './exit.js'
import { parseScopes } from './parse-scopes.js'

export interface StdioOptions {
  readonly scopes: string
  readonly readOnly?: true
}

/** `scalekit-mcp stdio`: MCP for clients that start a process. Ends when the client has closed stdin and its calls are answered. */
export async function stdio({ scopes, readOnly }: StdioOptions): Promise<void> {
  const config = loadConfig(readOnly ? { READ_ONLY: 'true' } : {}, undefined, 'operator')
  if (config.upstream.mode === 'workspace') {
    throw new UsageError(
      'stdio manages one environment: set SCALEKIT_ENV_URL, SCALEKIT_CLIENT_ID and SCALEKIT_CLIENT_SECRET. For a workspace people sign in, which takes scalekit-mcp serve.',
    )
  }
  const server = await startStdio(
    config,
    createLog(config.logLevel, undefined, createRedact(ownSecrets(config))),
    parseScopes(scopes),
    process,
  )
  void server.finished.then(() => end(server))
  stopOnSignal(() => server.close())
}

async function end(server: StdioServer): Promise<void> {
  await server.close()
  process.exit(0)
}
