import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHttpServer, forbiddenPort, unusableHost } from '@scalekit-mcp/auth'
import { createApp } from './app.js'
import { type AuditLog, openAuditLog } from './audit/audit-log.js'
import { type Config, ConfigError } from './config/config.js'
import { createDocs } from './docs-search/docs.js'
import { createDrain } from './http/drain.js'
import type { Fixtures } from './mcp/fixtures.js'
import type { Logger } from './observe/log.js'
import { startObservation } from './observe/observation.js'
import { connectScalekit } from './scalekit/connect.js'
import { createOwn, type Shared } from './shared/shared.js'
import type { ToolDefinition } from './tool.js'
import { tools as allTools } from './tools/index.js'

export interface RunningServer extends Pick<OpenServer, 'checkCredentials'> {
  /** Opens the audit log by its name again: after a rotation, or when an operator has restored it. */
  reopenFiles(): Promise<void>
  /** Where clients reach it: the resource of its metadata. */
  readonly resource: string
  readonly port: number
  /**
   * Stops in order: not ready, no new connections, calls in flight finish, then everything ends.
   *
   * @param leadMs how long `/ready` says 503 before connections are refused, so that load balancers send requests elsewhere
   */
  stop(leadMs?: number): Promise<void>
}

/** The port is taken: a mistake of configuration, so the program exits with 78 and names the option. */
export class PortInUseError extends Error {
  readonly code = 'port_in_use'

  constructor(port: number) {
    super(`Port ${port} is in use: stop what listens there, or set PORT (serve) or --port (dev) to another.`)
    this.name = 'PortInUseError'
  }
}

/** The server without a listener of its own: for a function behind a gateway, or another HTTP server. */
export interface OpenServer {
  readonly listener: RequestListener
  /** Opens the audit log by its name again: after a rotation, or when an operator has restored it. */
  reopenFiles(): Promise<void>
  /** Logs whether Scalekit refuses the credentials of this server, before a call needs them. */
  checkCredentials(): Promise<void>
  /** From now on `/ready` says 503, and calls no longer wait for a person. */
  retire(): void
  /** Ends everything. Call it when no request is under way. */
  close(): Promise<void>
}

/**
 * Makes the MCP server, ready to be given requests.
 *
 * @param tools what it offers; all of ours unless an embedder chooses
 * @param now the time by which tokens expire; the machine's unless an embedder moves it
 * @param fixtures for the MCP conformance suite only
 * @throws ConfigError for a file or a port that cannot be used
 */
export async function openServer(
  config: Config,
  log: Logger,
  tools: readonly ToolDefinition[] = allTools,
  now?: () => number,
  fixtures?: Fixtures,
): Promise<OpenServer> {
  let accepting = true
  const audit = await openAudit(config, log)
  const observation = await startObservation(
    config,
    tools.map(({ name }) => name),
  ).catch(async (error: unknown) => {
    await audit?.close()
    throw error
  })
  const connection = connectScalekit(config, observation.metrics, now, ({ status, code }) =>
    log.error(
      { status, error: code },
      'Scalekit refuses the credentials of this server. Check SCALEKIT_CLIENT_ID and SCALEKIT_CLIENT_SECRET.',
    ),
  )
  const shared = await openShared(config, log)
  const docs = createDocs(new URL(config.docsUrl), connection.dispatcher, (message, cause) =>
    log.warn({ err: cause }, message),
  )
  const app = createApp({
    config,
    log,
    tools,
    scalekit: connection.scalekit,
    docs,
    shared,
    observation,
    reachable: connection.reachable,
    credentials: connection.credentials,
    now,
    accepting: () => accepting,
    ...(audit ? { audit } : {}),
    ...(fixtures ? { fixtures } : {}),
  })
  return {
    listener: app.listener,
    checkCredentials: async () => void (await connection.credentials()),
    reopenFiles: async () => audit?.reopen(),
    retire() {
      accepting = false
      shared.questions.close()
    },
    async close() {
      await app.close()
      await docs.close()
      await connection.close()
      await shared.close()
      await audit?.close()
      await observation.close()
    },
  }
}

/**
 * Starts the MCP server.
 *
 * @param tools what it offers; all of ours unless an embedder chooses
 * @param now the time by which tokens expire; the machine's unless an embedder moves it
 * @param fixtures for the MCP conformance suite only
 * @throws PortInUseError, or ConfigError for a HOST that this machine does not have
 */
export async function startServer(
  config: Config,
  log: Logger,
  tools?: readonly ToolDefinition[],
  now?: () => number,
  fixtures?: Fixtures,
): Promise<RunningServer> {
  const open = await openServer(config, log, tools, now, fixtures)
  const server = createHttpServer(open.listener)
  const { drain } = createDrain(server)
  await listen(server, config).catch(async (error: unknown) => {
    await open.close()
    throw error
  })
  const { port } = server.address() as AddressInfo
  const { mode } = config.upstream
  const rule =
    config.upstream.mode === 'environment' ? { administrators: config.upstream.administrators } : {}
  log.info({ resource: config.resource, port, mode, ...rule }, 'listening')
  let stopping: Promise<void> | undefined
  return {
    resource: config.resource,
    port,
    checkCredentials: open.checkCredentials,
    reopenFiles() {
      log.info('reopening files')
      return open.reopenFiles()
    },
    stop(leadMs = 0) {
      open.retire()
      stopping ??= drain(leadMs).then(async () => {
        await open.close()
        log.info('stopped')
      })
      return stopping
    },
  }
}

/** What replicas share is loaded only where it is used. */
async function openShared({ shared, timeouts }: Config, log: Logger): Promise<Shared> {
  if (!shared) return createOwn(timeouts.answer)
  const { connectShared } = await import('./shared/connect-shared.js')
  return connectShared(shared, timeouts.answer, log)
}

/** Without a usable file nothing starts: an audit log that silently is not there is worse than none. */
export async function openAudit({ audit }: Config, log: Logger): Promise<AuditLog | undefined> {
  if (!audit) {
    log.warn('the audit log is off')
    return undefined
  }
  const { file, keyFile } = audit
  try {
    const onAlert = (message: string, cause?: unknown) =>
      cause ? log.error({ err: cause, alert: 'audit' }, message) : log.warn({ alert: 'audit' }, message)
    return await openAuditLog({ file, keyFile, onAlert })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConfigError([
      `AUDIT_FILE: ${file} (signed with ${keyFile}) cannot be used: ${reason}. Look at it with scalekit-mcp audit verify, name another file, or set AUDIT_FILE=none.`,
    ])
  }
}

function listen(server: Server, config: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const problem = unusableHost(error, config.host) ?? forbiddenPort(error, config.port)
      if (problem !== undefined) return reject(new ConfigError([problem]))
      reject(error.code === 'EADDRINUSE' ? new PortInUseError(config.port) : error)
    })
    server.listen(config.port, config.host, resolve)
  })
}
