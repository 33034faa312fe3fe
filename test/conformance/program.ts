import { createLocalScalekit } from '@scalekit-mcp/local'
import { localEnvironment } from '../../packages/server/src/cli/dev.js'
import { loadConfig } from '../../packages/server/src/config/config.js'
import { startServer } from '../../packages/server/src/main.js'
import { createLog } from '../../packages/server/src/observe/log.js'
import { freePort, mintToken } from '../harness/program.js'
import { fixtures } from './fixtures/fixtures.js'

export interface Program {
  readonly port: number
  /** An access token for the server, from the local environment. */
  readonly token: string
  stop(): Promise<void>
}

/** Starts the real server, with the conformance fixtures and the local environment, and gets a token for it. */
export async function startProgram(proxyPort: number): Promise<Program> {
  const port = await freePort()
  const resource = `http://localhost:${port}/mcp`
  const local = await createLocalScalekit({ port: 0, memory: true, mcpServerUrl: resource })
  const config = loadConfig(
    {
      ...localEnvironment(local, resource),
      PORT: String(port),
      AUDIT_FILE: 'none',
      ALLOWED_HOSTS: `localhost:${proxyPort}`,
      ALLOWED_ORIGINS: `http://localhost:${proxyPort}`,
      REQUESTS_PER_MINUTE: '100000',
    },
    {},
  )
  const server = await startServer(config, createLog('warn'), undefined, local.now, fixtures)
  return {
    port,
    token: await mintToken(
      { localUrl: local.url },
      { resource, scopes: ['environment:read', 'organization:read', 'workspace:read'] },
    ),
    async stop() {
      await server.stop()
      await local.close()
    },
  }
}
