import type { Store } from '../domain/store.js'
import type { Authenticate } from '../domain/tokens/principal.js'

/** What the proxy and the MCP servers of agents need. */
export interface AgentContext extends Store {
  readonly authenticate: Authenticate
}
