import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type McpRequestContext,
  ProtocolError,
  ProtocolErrorCode,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { showsViews } from '../apps/ui-resources.js'
import { isListed } from '../call/access.js'
import {
  boundEnvironment,
  type CallOptions,
  callTool,
  type Principal,
  type ToolRequest,
} from '../call/call-tool.js'
import { endingOf } from '../call/deadline.js'
import type { RoundState } from '../call/interaction/interaction.js'
import { getPrompt, listPrompts } from '../prompts/index.js'
import { completeObject } from '../resources/complete-object.js'
import { listDocs } from '../resources/docs-resources.js'
import { type CallTool, listObjectTemplates } from '../resources/object-resources.js'
import { readResource } from '../resources/read-resource.js'
import type { ToolContext, ToolDefinition } from '../tool.js'
import { version } from '../version.js'
import { toolLists } from './catalog/tool-lists.js'
import type { Fixtures } from './fixtures.js'
import { instructionsFor } from './instructions.js'
import { PlainServer, refuseCursor } from './plain-server.js'

export interface McpOptions extends CallOptions {
  readonly tools: readonly ToolDefinition[]
  readonly fixtures?: Fixtures
}

/** What a list answers is the same for a while, for this caller. */
export const listHint = { ttlMs: 300_000, cacheScope: 'private' } as const

export const serverInfo = { name: 'scalekit-mcp', title: 'Scalekit', version } as const

/**
 * Gives a factory of MCP servers: a new one per request, so that no state of one request is reachable from
 * another. One definition serves both protocol eras.
 */
export function createMcpFactory(options: McpOptions): (context: McpRequestContext) => Server {
  const { fixtures, seal } = options
  const byName = new Map(options.tools.map((tool) => [tool.name, tool]))
  const list = toolLists(options.tools, options.bounds)
  const listed = [...(fixtures?.tools.values() ?? [])].map(({ definition }) => definition)

  const verify = (state: string, context: ServerContext) =>
    seal.verify(state, principalOf(options, context).caller)

  return ({ authInfo }) => {
    const { selection } = principalFrom(options, authInfo)
    const server = new PlainServer(serverInfo, {
      instructions: instructionsFor(selection, options.bounds),
      capabilities: {
        tools: { listChanged: false },
        prompts: { listChanged: false },
        resources: { listChanged: false },
        completions: {},
        ...fixtures?.capabilities,
      },
      cacheHints: {
        'server/discover': listHint,
        'tools/list': listHint,
        'prompts/list': listHint,
        'resources/list': listHint,
        'resources/templates/list': listHint,
      },
      requestState: { verify: fixtures?.requestState(verify) ?? verify },
    })
    const isOffered = (name: string, context: ServerContext) => {
      const tool = byName.get(name)
      return tool !== undefined && isListed(tool, principalOf(options, context).selection, options.bounds)
    }
    const run = (tool: ToolDefinition, args: Readonly<Record<string, unknown>>, context: ServerContext) =>
      callTool(options, principalOf(options, context), requestOf(server, tool, args, context))
    const caller =
      (context: ServerContext): CallTool =>
      async (name, args) => {
        const tool = byName.get(name)
        return tool && run(tool, args, context)
      }

    server.setRequestHandler('tools/list', (request, context) => {
      refuseCursor(request)
      const { selection } = principalOf(options, context)
      const bound = boundEnvironment(options, selection) !== undefined
      return { tools: [...list(selection, bound, showsViews(capabilitiesOf(server, context))), ...listed] }
    })
    server.setRequestHandler('tools/call', async ({ params }, context) => {
      const fixture = fixtures?.tools.get(params.name)
      if (fixture) return fixture.call(params.arguments ?? {}, context)
      const tool = byName.get(params.name)
      if (!tool) throw unknownTool()
      return run(tool, params.arguments ?? {}, context)
    })
    server.setRequestHandler('prompts/list', (request) => {
      refuseCursor(request)
      return { prompts: listPrompts() }
    })
    server.setRequestHandler('prompts/get', ({ params }) => getPrompt(params.name, params.arguments ?? {}))
    server.setRequestHandler('resources/list', (request) => {
      refuseCursor(request)
      return { resources: listDocs() }
    })
    server.setRequestHandler('resources/templates/list', (request, context) => {
      refuseCursor(request)
      return { resourceTemplates: listObjectTemplates((tool) => isOffered(tool, context)) }
    })
    server.setRequestHandler('resources/read', ({ params }, context) =>
      readResource(params.uri, options, caller(context)),
    )
    server.setRequestHandler('completion/complete', ({ params }, context) =>
      params.ref.type === 'ref/resource'
        ? completeObject(
            params.argument.name,
            params.argument.value,
            params.context?.arguments ?? {},
            caller(context),
          )
        : { completion: { values: [] } },
    )
    fixtures?.register(server)
    return server
  }
}

/** MCP 2026-07-28, server/tools: an unknown tool is a protocol error. The name is not repeated: it is the client's text. */
function unknownTool(): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, 'Unknown tool: choose a name from tools/list')
}

/** Read from each message: over stdio the operator's, over HTTP that of the request. */
function principalOf(options: Pick<CallOptions, 'principal'>, { http }: ServerContext): Principal {
  return principalFrom(options, http?.authInfo)
}

function principalFrom(
  { principal: fixed }: Pick<CallOptions, 'principal'>,
  authInfo: McpRequestContext['authInfo'],
): Principal {
  if (fixed) return fixed()
  const principal = authInfo?.extra?.principal as Principal | undefined
  if (!principal) throw new Error('A message reached MCP without a principal.')
  return principal
}

/** A call as the SDK hands it over. */
function requestOf(
  server: Server,
  tool: ToolDefinition,
  args: Readonly<Record<string, unknown>>,
  context: ServerContext,
): ToolRequest {
  return {
    tool,
    arguments: args,
    capabilities: capabilitiesOf(server, context),
    state: context.mcpReq.requestState<RoundState>(),
    responses: context.mcpReq.inputResponses,
    ending: endingOf(context.mcpReq.signal),
    progress: progressOf(context),
  }
}

/** MCP, basic/utilities/progress: only where the request brought a token. A lost report is no failure of the call. */
function progressOf({ mcpReq }: ServerContext): ToolContext['progress'] {
  const progressToken = mcpReq._meta?.progressToken
  if (progressToken === undefined) return () => undefined
  return (progress, message, total) => {
    const params = { progressToken, progress, message, ...(total === undefined ? {} : { total }) }
    void mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined)
  }
}

/** What the client declared: with the request (2026-07-28), or at the start of its session (2025-11-25). */
function capabilitiesOf(server: Server, { mcpReq }: ServerContext): ClientCapabilities | undefined {
  const envelope = mcpReq.envelope as
    | { readonly [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities }
    | undefined
  return envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? server.getClientCapabilities()
}
