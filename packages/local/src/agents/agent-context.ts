import type { Store } from '../domain/store.js'
import type { Authenticate } from '../domain/tokens/principal.js'

/** What the addresses that agents call work with. */
export interface AgentContext extends Store {
  readonly authenticate: Authenticate
}
