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
  /** Of its MCP endpoint; by default `/mcp`. */
  readonly path?: string
  /** Of the callers' tokens; by default what all workloads need. */
  readonly scopes?: readonly string[]
  env(surroundings: Surroundings): Record<string, string>
  /** Where it does not speak a revision or lacks a workload, it is left out. */
  serves(workload: Workload, connections: number): boolean
}

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const node = process.execPath
const plain = ({ port, issuer, resource }: Surroundings) => ({
  PORT: String(port),
  ISSUER: issuer,
  RESOURCE: resource,
})
/** What agents send is compared at 10 connections. */
const everything = ({ client = 'plain' }: Workload, connections: number) =>
  client === 'plain' || connections === 10

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
  serves: (workload, connections) => everything(workload, connections) || connections === 1,
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
  serves: ({ revision, client = 'plain', name }) =>
    client === 'plain' && revision !== '2026-07-28' && !['metadata', 'tools/call that writes'].includes(name),
}

/**
 * Scalekit's own server, where REFERENCE_DIR names a checkout that was built. It forwards the caller's own token to the API, and
 * answers most concurrent calls with 500, so it is measured at one connection.
 */
function reference(folder: string): Contender {
  return {
    name: 'reference',
    command: [node, join(folder, 'dist/scalekit.js')],
    path: '/',
    scopes: ['env:read', 'org:read'],
    env: ({ port, issuer, resource }) => ({
      PORT: String(port),
      SK_API_BASE_URL: issuer,
      API_BASE_URL: new URL(resource).origin,
      AUTH_ISSUER: issuer,
      AUTH_SERVER_ID: 'res_1',
      AUTH_AUDIENCE: resource,
      SK_ENV_URL: issuer,
      SK_CLIENT_ID: 'skc_1',
      SK_CLIENT_SECRET: 'bench',
      LOG_LEVEL: 'info',
    }),
    serves: ({ revision, name }, connections) =>
      connections === 1 &&
      revision !== '2026-07-28' &&
      !['tools/call', 'tools/call that writes'].includes(name),
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
