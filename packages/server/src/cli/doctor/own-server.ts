import { operator } from '../../call/operator.js'
import { type Config, ConfigError, loadConfig } from '../../config/config.js'
import { connectScalekit } from '../../scalekit/connect.js'
import type { Scalekit } from '../../scalekit/scalekit.js'
import { resourceOf } from './walk.js'

/** How long all questions to the management API may take. */
const DEADLINE_MS = 20_000

/** The server that this folder and environment configure, where it is the one that is examined. */
export interface OwnServer {
  readonly config: Config
  /** The management API with the server's own credentials. */
  readonly scalekit: Scalekit
  close(): Promise<void>
}

/**
 * @param url of the server that is examined
 * @returns the server, the problems of its configuration, or nothing where another server is configured here
 */
export function openOwnServer(url: string): OwnServer | { readonly problems: readonly string[] } | undefined {
  const config = read()
  if (!('resource' in config)) return config
  if (config.resource !== resourceOf(url)) return undefined
  const connection = connectScalekit(config)
  return {
    config,
    scalekit: connection.scalekit(operator(config, []), AbortSignal.timeout(DEADLINE_MS)),
    close: () => connection.close(),
  }
}

function read(): Config | { readonly problems: readonly string[] } {
  try {
    return loadConfig()
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.problems }
    throw error
  }
}
