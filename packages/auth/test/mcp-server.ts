import { toNodeHandler } from '@modelcontextprotocol/node'
import { McpServer as LegacyServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { callerOf, type McpAuth, organizationOf, requireScopes, type ToolTable } from '@scalekit-mcp/auth'
import type { Request, RequestHandler } from 'express'
import * as z from 'zod'

export const tools: ToolTable = {
  whoami: [],
  greet: ['user:read'],
  reset: ['user:read', 'admin'],
  organization: ['user:read'],
  either: [],
}

const text = (value: unknown) => ({ content: [{ type: 'text' as const, text: JSON.stringify(value) }] })

/** Version 1 answers with a stream by default, or with JSON. */
export type Sdk = 'v1' | 'v1 with streams' | 'v2'

/** The same five tools on either version of the MCP SDK. `calls` counts what reached a handler. */
export function mcpHandler(sdk: Sdk, { tool }: McpAuth, calls: string[]): RequestHandler {
  return sdk === 'v2' ? modern(tool, calls) : legacy(tool, calls, sdk === 'v1')
}

function modern(tool: McpAuth['tool'], calls: string[]): RequestHandler {
  const handle = toNodeHandler(
    createMcpHandler(() => {
      const server = new McpServer({ name: 'kit', version: '1.0.0' })
      server.registerTool(
        'whoami',
        {},
        tool('whoami', (ctx) => {
          const { subject, clientId, organizationId, scopes } = callerOf(ctx)
          return text({ subject, clientId, organizationId, scopes: [...scopes] })
        }),
      )
      server.registerTool(
        'greet',
        { inputSchema: z.strictObject({ name: z.string() }) },
        tool('greet', async ({ name }, ctx) => {
          calls.push('greet')
          return text(`Hello ${name}, from ${callerOf(ctx).subject}`)
        }),
      )
      server.registerTool(
        'reset',
        {},
        tool('reset', () => {
          calls.push('reset')
          return text('done')
        }),
      )
      server.registerTool(
        'organization',
        {},
        tool('organization', (ctx) => text(organizationOf(ctx))),
      )
      server.registerTool(
        'either',
        { inputSchema: z.strictObject({ scope: z.string() }) },
        tool('either', ({ scope }, ctx) => text(requireScopes(ctx, scope).subject)),
      )
      return server
    }),
  )
  return (req: Request, res) => handle(req, res, req.body)
}

function legacy(tool: McpAuth['tool'], calls: string[], enableJsonResponse: boolean): RequestHandler {
  return async (req: Request, res) => {
    const server = new LegacyServer({ name: 'kit', version: '1.0.0' })
    server.registerTool(
      'whoami',
      {},
      tool('whoami', (extra) => {
        const { subject, clientId, organizationId, scopes } = callerOf(extra)
        return text({ subject, clientId, organizationId, scopes: [...scopes] })
      }),
    )
    server.registerTool(
      'greet',
      { inputSchema: { name: z.string() } },
      tool('greet', async ({ name }, extra) => {
        calls.push('greet')
        return text(`Hello ${name}, from ${callerOf(extra).subject}`)
      }),
    )
    server.registerTool(
      'reset',
      {},
      tool('reset', () => {
        calls.push('reset')
        return text('done')
      }),
    )
    server.registerTool(
      'organization',
      {},
      tool('organization', (extra) => text(organizationOf(extra))),
    )
    server.registerTool(
      'either',
      { inputSchema: { scope: z.string() } },
      tool('either', ({ scope }, extra) => text(requireScopes(extra, scope).subject)),
    )
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse })
    res.once('close', () => void server.close())
    await server.connect(transport as never)
    await transport.handleRequest(req, res, req.body)
  }
}
