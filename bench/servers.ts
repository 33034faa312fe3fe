import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Workload } from './workloads.js'

/** Where a server finds what it is measured in front of. */
export interface Surroundings {
  readonly port: number
  /** Free as well: for metrics. */
  readonly secondPort: number
  readonly issuer: string
  readonly resource: string
}

export interface Contender {
  readonly name: string
  readonly command: readonly string[]
  env(surroundings: Surroundings): Record<string, string>
  /** Where it does not speak an era or lack a workload, it is left out. */
  serves(workload: Workload): boolean
}

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const node = process.execPath
const plain = ({ port, issuer, resource }: Surroundings) => ({
  PORT: String(port),
  ISSUER: issuer,
  RESOURCE: resource,
})
const everything = () => true

/** The published program with log, metrics, limits and audit on, as an operator runs it. */
const ours: Contender = {
  name: 'this server',
  command: [node, file('../packages/server/bin/scalekit-mcp.js'), 'serve'],
  env: ({ port, secondPort, issuer, resource }) => ({
    PORT: String(port),
    SCALEKIT_WORKSPACE_URL: issuer,
    SCALEKIT_CLIENT_ID: 'skc_1',
    SCALEKIT_CLIENT_SECRET: 'bench',
    EXPECTED_AUDIENCE: resource,
    REQUESTS_PER_MINUTE: '1000000',
    AUDIT_FILE: join(mkdtempSync(join(tmpdir(), 'bench-')), 'audit.jsonl'),
    METRICS_PORT: String(secondPort),
    LOG_LEVEL: 'info',
  }),
  serves: everything,
}

const recipe: Contender = {
  name: 'SDK recipe',
  command: [node, file('./.compiled/recipe.js')],
  env: plain,
  serves: everything,
}

const floor: Contender = {
  name: 'floor',
  command: [node, file('./.compiled/floor.js')],
  env: plain,
  serves: everything,
}

const fastmcp: Contender = {
  name: 'FastMCP',
  command: [node, file('./peers/fastmcp.js')],
  env: plain,
  serves: ({ era, name }) => era !== '2026-07-28' && name !== 'metadata',
}

/** Scalekit's own server, where REFERENCE_DIR names a checkout that was built. */
function reference(folder: string): Contender {
  return {
    name: 'reference',
    command: [node, join(folder, 'dist/scalekit.js')],
    env: ({ port, issuer, resource }) => ({
      PORT: String(port),
      SK_API_BASE_URL: `${issuer}/api/v1`,
      API_BASE_URL: resource,
      AUTH_ISSUER: issuer,
      AUTH_SERVER_ID: 'res_1',
      AUTH_AUDIENCE: resource,
      SK_ENV_URL: issuer,
      SK_CLIENT_ID: 'skc_1',
      SK_CLIENT_SECRET: 'bench',
      LOG_LEVEL: 'info',
    }),
    serves: ({ era, name }) => era !== '2026-07-28' && name !== 'tools/call',
  }
}

const referenceFolder = process.env.REFERENCE_DIR

export const contenders: readonly Contender[] = [
  ours,
  recipe,
  floor,
  ...(existsSync(file('./peers/node_modules')) ? [fastmcp] : []),
  ...(referenceFolder ? [reference(referenceFolder)] : []),
]
