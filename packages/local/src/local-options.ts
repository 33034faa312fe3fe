import type { NetworkOptions } from './network.js'
import type { Seed } from './seed/schema.js'
import type { Clock } from './storage/clock.js'
import { LocalError } from './storage/local-error.js'

export interface LocalOptions {
  /** Default 8787; 0 takes a free one. */
  port?: number
  /** The directory of the embedded database. Default `.scalekit-local`. */
  data?: string
  /** Keep everything in memory, for tests. */
  memory?: boolean
  /** A PostgreSQL server instead, which several local environments may share. */
  databaseUrl?: string
  /** What to start with: a seed, or the path of a YAML file. */
  seed?: Seed | string
  /** The URL of a seeded MCP server. Default `http://localhost:3002/mcp`. */
  mcpServerUrl?: string
  /** The id of that MCP server. Default: the workspace's, `res_100000000000000001`. */
  mcpServerId?: string
  clock?: Clock
  /**
   * Speak TLS, with the certificate in this folder; where there is none, one is made for this machine. Sign-in
   * through a simulated identity provider, and tools of simulated providers, call this environment itself: for that,
   * NODE_EXTRA_CA_CERTS has to name it here too.
   */
  tls?: string
  /** Let other machines in. Default: this machine only. */
  network?: NetworkOptions
}

const NAMES: Readonly<Record<keyof LocalOptions, true>> = {
  port: true,
  data: true,
  memory: true,
  databaseUrl: true,
  seed: true,
  mcpServerUrl: true,
  mcpServerId: true,
  clock: true,
  tls: true,
  network: true,
}

/** @throws {LocalError} `option_invalid` for an option that does not exist */
export function checkNames(options: LocalOptions): void {
  const unknown = Object.keys(options).filter((name) => !(name in NAMES))
  if (unknown.length === 0) return
  const known = Object.keys(NAMES).join(', ')
  throw new LocalError('option_invalid', `${unknown.join(', ')}: no such option. The options are ${known}.`)
}
