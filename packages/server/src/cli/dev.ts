import { join } from 'node:path'
import type { LocalScalekit } from '@scalekit-mcp/local'
import { loadConfig, localDefaults } from '../config.js'
import { startServer } from '../main.js'
import { createLog } from '../observe/log.js'
import { clientSetup } from './client-setup.js'
import { stopOnSignal } from './exit.js'
import { startLocal, storage } from './local.js'
import { parsePort } from './parse-port.js'

/** The seeded workspace's own client and MCP server: they exist on this machine only. */
const seeded = {
  clientId: 'skc_100000000000000000',
  clientSecret: 'test_local_secret',
  mcpServer: 'res_100000000000000001',
}

interface DevOptions {
  readonly port: string
  readonly localPort?: string
  readonly data: string
  readonly memory?: true
  readonly seed?: string
  readonly resource?: string
}

/** `scalekit-mcp dev`: the local environment and the server in front of it, in one process. */
export async function dev(options: DevOptions): Promise<void> {
  const defaults = localDefaults()
  const port = parsePort(options.port, '--port')
  const localPort = parsePort(options.localPort ?? defaults.port ?? '8787', '--local-port (LOCAL_PORT)', 0)
  const resource = options.resource ?? `http://localhost:${port}/mcp`
  const local = await startLocal({
    ...storage({ ...options, ...(defaults.databaseUrl ? { databaseUrl: defaults.databaseUrl } : {}) }),
    port: localPort,
    mcpServerUrl: resource,
  })
  const config = loadConfig({
    ...localEnvironment(local, resource),
    PORT: String(port),
    AUDIT_FILE: defaults.auditFile ?? (options.memory ? 'none' : join(options.data, 'audit', 'audit.jsonl')),
    LOG_LEVEL: defaults.logLevel ?? 'warn',
  })
  const server = await startServer(config, createLog(config.logLevel))
  process.stdout.write(greeting(resource, local))
  stopOnSignal(async () => {
    await server.stop()
    await local.close()
  })
}

/** What `serve` would be given to use the local environment; a developer's own settings for Scalekit step aside. */
export function localEnvironment(local: LocalScalekit, resource: string): Record<string, string> {
  const workspace = `${local.url}/workspace`
  return {
    SCALEKIT_ENV_URL: '',
    SK_ENV_URL: '',
    SCALEKIT_WORKSPACE_URL: workspace,
    SCALEKIT_CLIENT_ID: seeded.clientId,
    SCALEKIT_CLIENT_SECRET: seeded.clientSecret,
    EXPECTED_AUDIENCE: resource,
    DOCS_URL: `${local.url}/docs`,
    EXPECTED_ISSUERS: '',
    JWKS_URI: '',
    INTROSPECTION_URL: `${workspace}/oauth/introspect`,
    PROTECTED_RESOURCE_METADATA: JSON.stringify({
      resource,
      authorization_servers: [`${workspace}/resources/${seeded.mcpServer}`],
      bearer_methods_supported: ['header'],
      resource_name: 'Scalekit MCP server (local)',
      scopes_supported: ['environment:read', 'organization:read'],
    }),
  }
}

function greeting(resource: string, local: LocalScalekit): string {
  return `
  Scalekit MCP server   ${resource}
  Local environment     ${local.url}   sign in as admin@example.com or viewer@example.com

${clientSetup(resource)}
  A token for curl:     npx scalekit-mcp token${local.port === 8787 ? '' : ` --local-url ${local.url}`}
  Stop with Ctrl+C.

`
}
