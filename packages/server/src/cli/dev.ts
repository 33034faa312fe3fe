import { join } from 'node:path'
import type { LocalScalekit } from '@scalekit-mcp/local'
import { loadConfig, localDefaults } from '../config/config.js'
import { startServer } from '../main.js'
import { createLog } from '../observe/log.js'
import { ownSecrets } from '../observe/own-secrets.js'
import { createRedact } from '../observe/redact.js'
import { clientSetup } from './client-setup.js'
import { stopOnSignal } from './exit.js'
import { startLocal, storage } from './local.js'
import { parsePort } from './parse-port.js'

/** What the seed has for each mode. It exists on this machine only. */
const seeded = {
  workspace: {
    realm: 'workspace',
    clientId: 'skc_100000000000000000',
    mcpServer: 'res_100000000000000001',
    port: '3002',
    people: 'admin@example.com or viewer@example.com',
  },
  environment: {
    realm: 'env_100000000000000001',
    clientId: 'skc_100000000000000001',
    mcpServer: 'res_100000000000000000',
    port: '3004',
    people: 'olivia@yourcompany.example',
  },
}
const CLIENT_SECRET = 'test_local_secret'

type Mode = keyof typeof seeded

interface DevOptions {
  readonly mode: Mode
  readonly port?: string
  readonly localPort?: string
  readonly data: string
  readonly memory?: true
  readonly seed?: string
  readonly resource?: string
}

/** `scalekit-mcp dev`: the local environment and the server in front of it, in one process. */
export async function dev(options: DevOptions): Promise<void> {
  const defaults = localDefaults()
  const { mode } = options
  const port = parsePort(options.port ?? defaults.port ?? seeded[mode].port, '--port (PORT)')
  const localPort = parsePort(
    options.localPort ?? defaults.localPort ?? '8787',
    '--local-port (LOCAL_PORT)',
    0,
  )
  process.stdout.write('  Starting the MCP server and a local Scalekit environment …\n')
  const resource = options.resource ?? new URL(`http://localhost:${port}/mcp`).href
  const local = await startLocal({
    ...storage({ ...options, ...(defaults.databaseUrl ? { databaseUrl: defaults.databaseUrl } : {}) }),
    port: localPort,
    mcpServerUrl: resource,
    mcpServerId: seeded[mode].mcpServer,
  })
  const config = loadConfig({
    ...localEnvironment(local, resource, mode),
    PORT: String(port),
    NODE_ENV: 'development',
    AUDIT_FILE: defaults.auditFile ?? (options.memory ? 'none' : join(options.data, 'audit', 'audit.jsonl')),
    LOG_LEVEL: defaults.logLevel ?? 'warn',
  })
  const server = await startServer(
    config,
    createLog(config.logLevel, undefined, createRedact(ownSecrets(config))),
    undefined,
    local.now,
  )
  stopOnSignal(async () => {
    await server.stop()
    await local.close()
  })
  process.stdout.write(greeting(resource, local, mode))
}

/** What `serve` would be given to use the local environment; a developer's own settings for Scalekit step aside. */
export function localEnvironment(
  local: LocalScalekit,
  resource: string,
  mode: Mode = 'workspace',
): Record<string, string> {
  const { realm, clientId, mcpServer } = seeded[mode]
  const base = `${local.url}/${realm}`
  return {
    SCALEKIT_ENV_URL: '',
    SCALEKIT_WORKSPACE_URL: '',
    SCALEKIT_ENVIRONMENT_ID: '',
    ...(mode === 'workspace'
      ? { SCALEKIT_WORKSPACE_URL: base, ADMIN_ORGANIZATION: '', ADMIN_ROLES: '' }
      : {
          SCALEKIT_ENV_URL: base,
          SCALEKIT_ENVIRONMENT_TYPE: 'DEV',
          ADMIN_ORGANIZATION: 'org_100000000000000000',
          ADMIN_ROLES: 'admin',
        }),
    ADMIN_PERMISSION: '',
    ADMIN_CLIENTS: '',
    SCALEKIT_CLIENT_ID: clientId,
    SCALEKIT_CLIENT_SECRET: CLIENT_SECRET,
    EXPECTED_AUDIENCE: resource,
    DOCS_URL: `${local.url}/docs`,
    EXPECTED_ISSUERS: '',
    JWKS_URI: '',
    MCP_SERVER_ID: mcpServer,
    INTROSPECTION_URL: `${base}/oauth/introspect`,
    PROTECTED_RESOURCE_METADATA: JSON.stringify({
      resource,
      authorization_servers: [`${base}/resources/${mcpServer}`],
      bearer_methods_supported: ['header'],
      resource_name: 'Scalekit MCP server (local)',
      scopes_supported: ['environment:read', 'organization:read'],
    }),
  }
}

function greeting(resource: string, local: LocalScalekit, mode: Mode): string {
  const { people, mcpServer } = seeded[mode]
  const [person] = people.split(' ')
  const whose = mode === 'workspace' ? '' : ` --as ${person} --resource ${mcpServer}`
  return `
  Scalekit MCP server   ${resource}
  Local environment     ${local.url}   sign in as ${people}

${clientSetup(resource)}
  A token for curl:     npx scalekit-mcp token${whose}${local.port === 8787 ? '' : ` --local-url ${local.url}`}
  Stop with Ctrl+C.

`
}
