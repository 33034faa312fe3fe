import type { McpSessionTokens } from '../mcp-configs/session-tokens.js'
import type { ToolCatalogue } from './catalogue.js'
import type { ParamsChecker } from './check-params.js'
import type { Providers } from './providers.js'

/** What tools of agents need in addition to rows. It is loaded on the first request for tools. */
export interface AgentTools {
  readonly catalogue: ToolCatalogue
  readonly params: ParamsChecker
  readonly providers: Providers
  /** The tokens with which agents act for users at MCP servers. */
  readonly sessionTokens: McpSessionTokens
  /** Whether the proxy may send requests to services of this machine. */
  readonly reachesLoopback: boolean
}
