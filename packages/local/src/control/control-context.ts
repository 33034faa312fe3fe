import type { Store } from '../domain/store.js'
import type { TokenIssuer } from '../domain/tokens/issue-token.js'

/** What the control of a local environment works with. */
export interface ControlContext extends Store {
  readonly tokens: TokenIssuer
}
