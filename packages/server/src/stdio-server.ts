import { randomUUID } from 'node:crypto'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { boundsOf, optionsOfMcp } from './app.js'
import { auditCall } from './audit/call-audit.js'
import { unaudited } from './audit/request-audit.js'
import { parseSelection } from './call/access.js'
import { operator } from './call/operator.js'
import type { Config } from './config/config.js'
import { createDocs } from './docs-search/docs.js'
import { createFinishingTransport, type StandardStreams } from './finishing-transport.js'
import { createLoopbackPages } from './http/hand-off/loopback-pages.js'
import { openAudit } from './main.js'
import { createMcpFactory, type McpOptions } from './mcp/sdk-server.js'
import type { Logger } from './observe/log.js'
import { connectScalekit } from './scalekit/connect.js'
import { createOwn } from './shared/shared.js'
import type { Scope } from './tool.js'
import { tools } from './tools/index.js'

export interface StdioServer {
  /** The client has closed stdin, and every call has been answered. */
  readonly finished: Promise<void>
  close(): Promise<void>
}

/**
 * Serves MCP on two streams, to the process that started this one. Nobody signs in: the operator, who has the
 * environment's credentials, says with `scopes` what the client may do. Tools that need others are not listed, because
 * nobody can grant them while the server runs; a call of one says how to start it with them.
 */
export async function startStdio(
  config: Config,
  log: Logger,
  scopes: readonly Scope[],
  streams: StandardStreams,
): Promise<StdioServer> {
  const audit = await openAudit(config, log)
  const connection = connectScalekit(config)
  const shared = createOwn(config.timeouts.answer)
  const bounds = { ...boundsOf(config), commandScopes: scopes }
  const docs = createDocs(new URL(config.docsUrl), connection.dispatcher, (message, cause) =>
    log.warn({ err: cause }, message),
  )
  const selection = parseSelection(new URLSearchParams({ toolsets: 'all' }))
  const principal = () => {
    const caller = operator(config, scopes)
    const requestId = randomUUID()
    const recorded = audit ? auditCall(audit, caller, requestId) : unaudited
    return {
      caller,
      selection,
      requestId,
      audit: recorded,
      trail: { audit: recorded, traceparent: undefined },
      tokenRefused: () => undefined,
      recheck: async () => undefined,
      note: (fields: Readonly<Record<string, unknown>>) => log.info({ requestId, ...fields }, 'tool call'),
      asks: () => () => undefined,
    }
  }
  const { scalekit } = connection
  const mcp: McpOptions = {
    ...optionsOfMcp({ config, docs, shared, scalekit, tools }, bounds, (id) => pages.urlOf(id)),
    principal,
  }
  const pages = createLoopbackPages(() => mcp, principal)
  const factory = createMcpFactory(mcp)
  const transport = createFinishingTransport(config.timeouts.call, streams)
  const handle = serveStdio(factory, {
    transport,
    onerror: (error) => log.debug({ err: error }, 'mcp'),
  })
  return {
    finished: transport.finished.then((err) => {
      if (err) log.error({ err }, 'stdio has ended before the client closed stdin')
    }),
    async close() {
      await handle.close()
      await pages.close()
      await docs.close()
      await connection.close()
      await shared.close()
      await audit?.close()
    },
  }
}
