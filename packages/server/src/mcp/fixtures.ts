import type {
  CallToolResult,
  InputRequiredResult,
  Server,
  ServerCapabilities,
  ServerContext,
  ServerEventBus,
  Tool,
} from '@modelcontextprotocol/server'
import type { Round } from './ask-client.js'

/** A tool of a test suite, outside the rules that Scalekit's tools follow. */
export interface FixtureTool {
  readonly definition: Tool
  call(
    args: Readonly<Record<string, unknown>>,
    context: ServerContext,
  ): Promise<CallToolResult | InputRequiredResult>
}

export type VerifyState = (state: string, context: ServerContext) => unknown

/** What a test suite expects of a server besides its own features. The program serves none. */
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
