import {
  type CallToolResult,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type Tool,
} from '@modelcontextprotocol/server'
import { toolTitle } from '../../domain/agent-tools/connector.js'
import { executeTool } from '../../domain/agent-tools/execute-tool.js'
import { ToolFailure } from '../../domain/agent-tools/tool-failure.js'
import type { SessionTool } from '../../domain/mcp-configs/session-tools.js'
import type { Store } from '../../domain/store.js'
import { reportFailure } from '../../http/report-failure.js'

const SERVER = { name: 'scalekit-local', title: 'Scalekit local environment', version: '1.0.0' }

/** Creates the MCP server of one request, with the tools of one user. */
export function createToolServer(store: Store, tools: ReadonlyMap<string, SessionTool>): Server {
  const server = new Server(SERVER, { capabilities: { tools: { listChanged: false } } })
  server.setRequestHandler('tools/list', () => ({ tools: [...tools.values()].map(describe) }))
  server.setRequestHandler('tools/call', async ({ params }) => {
    const found = tools.get(params.name)
    // MCP, server/tools, "Error Handling": an unknown tool is a protocol error.
    if (found === undefined)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Unknown tool: choose a name from tools/list')
    return call(store, found, params.arguments ?? {})
  })
  return server
}

function describe({ tool }: SessionTool): Tool {
  const title = toolTitle(tool)
  return {
    ...{ name: tool.name, title, description: tool.description },
    inputSchema: { ...tool.input_schema, type: 'object' },
    ...(tool.output_schema?.type === 'object' && {
      outputSchema: { ...tool.output_schema, type: 'object' as const },
    }),
    annotations: {
      ...{ title, readOnlyHint: tool.read_only, destructiveHint: tool.destructive },
      ...{ idempotentHint: tool.read_only, openWorldHint: true },
    },
  }
}

/** Invalid params, inactive accounts and provider failures are results with `isError`, so that the model can react. */
async function call(
  store: Store,
  { tool, account }: SessionTool,
  params: Record<string, unknown>,
): Promise<CallToolResult> {
  try {
    const { data } = await executeTool(store, { account, tool, params, source: 'mcp' })
    return { content: [{ type: 'text', text: JSON.stringify(data) }], structuredContent: { ...data } }
  } catch (error) {
    if (!(error instanceof ToolFailure)) {
      reportFailure(error)
      throw new ProtocolError(
        ProtocolErrorCode.InternalError,
        'The local environment failed: see its error output',
      )
    }
    return { isError: true, content: [{ type: 'text', text: error.message }] }
  }
}
