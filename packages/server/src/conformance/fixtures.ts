import type { Server, ServerCapabilities, ServerContext, ServerEventBus } from '@modelcontextprotocol/server'
import type { Round } from '../mcp/ask-client.js'
import { askingTools } from './asking-tools.js'
import { bus, changeTools } from './change-tools.js'
import { contentTools } from './content-tools.js'
import { registerPrompts } from './fixture-prompts.js'
import { registerResources } from './fixture-resources.js'
import { fixtureVerifier, type VerifyState } from './fixture-state.js'
import type { FixtureTool } from './fixture-tool.js'
import { inputRequiredTools } from './input-required-tools.js'

/** What the MCP conformance suite expects of a server besides its own features. */
export interface Fixtures {
  readonly tools: ReadonlyMap<string, FixtureTool>
  readonly capabilities: ServerCapabilities
  /** Where the fixtures announce changes; give it to the HTTP handler. */
  readonly bus: ServerEventBus
  /** A call of a tool that asks the client, outside of the SDK: it reads nothing of its request but what was answered. */
  asking(name: string, args: Readonly<Record<string, unknown>>): Round | undefined
  /** Sets the handlers of prompts, completion and resources. */
  register(server: Server): void
  /** Verifies the states of fixtures, and passes all others on. */
  requestState(others: VerifyState): VerifyState
}

/**
 * The fixtures of the MCP conformance suite. They hold nothing of Scalekit and are served only when
 * `CONFORMANCE_FIXTURES` is set, which production refuses.
 */
export const fixtures: Fixtures = {
  tools: new Map(
    [...contentTools, ...askingTools, ...inputRequiredTools, ...changeTools].map((tool) => [
      tool.definition.name,
      tool,
    ]),
  ),
  capabilities: {
    tools: { listChanged: true },
    prompts: { listChanged: true },
    resources: { subscribe: true },
    completions: {},
    logging: {},
  },
  bus,
  register(server) {
    registerPrompts(server)
    registerResources(server)
  },
  requestState: fixtureVerifier,
  asking(name, args) {
    const tool = askingTools.find(({ definition }) => definition.name === name)
    return (
      tool && ((_, responses) => tool.call(args, { mcpReq: { inputResponses: responses } } as ServerContext))
    )
  },
}
