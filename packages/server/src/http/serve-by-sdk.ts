import type { ServerResponse } from 'node:http'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler } from '@modelcontextprotocol/server'
import { authInfoOf } from '@scalekit-mcp/auth/server'
import type { Principal } from '../call/call-tool.js'
import { createMcpFactory, type McpOptions } from '../mcp/sdk-server.js'
import type { Logger } from '../observe/log.js'
import type { Exchange } from './exchange.js'
import { holdHead } from './hold-head.js'

export interface SdkBridge {
  serve(exchange: Exchange, principal: Principal): Promise<void>
  /** Ends MCP streams. */
  close(): Promise<void>
}

/** The one way from an exchange to the MCP SDK, which finds who calls in `req.auth`. */
export function createSdkBridge(options: McpOptions, log: Logger): SdkBridge {
  const factory = createMcpFactory(options)
  const onerror = (error: Error) => log.debug({ err: error }, 'mcp')
  const handler = createMcpHandler(factory, {
    legacy: 'stateless',
    ...(options.fixtures ? { bus: options.fixtures.bus } : {}),
    onerror,
  })
  const modern = toNodeHandler(handler, {
    onerror: (error) => log.error({ err: error }, 'mcp request failed'),
  })

  return {
    async serve({ req, res, message }, principal) {
      const { caller } = principal
      const told = callsTool(message) ? untilFirstByte(res, principal) : principal
      // What the SDK hands to the handlers with the message.
      const auth = { ...authInfoOf(caller), extra: { caller, principal: told } }
      await modern(Object.assign(req, { auth }), res, message)
    },
    close: () => handler.close(),
  }
}

/** The SDK begins a stream before a tool runs: the head waits, so that the call can still be refused. */
function untilFirstByte(res: ServerResponse, principal: Principal): Principal {
  const replace = holdHead(res)
  return { ...principal, tokenRefused: (error) => replace(() => principal.tokenRefused(error)) }
}

/** Each of them asks the API as the caller. */
const TOOL_METHODS: ReadonlySet<unknown> = new Set(['tools/call', 'resources/read', 'completion/complete'])

function callsTool(message: unknown): boolean {
  return TOOL_METHODS.has(Object(message).method)
}
