import type { ToolCatalogue } from './catalogue.js'
import type { ParamsChecker } from './check-params.js'
import type { Providers } from './providers.js'

/** What tools of agents need beside rows. Nothing of it is loaded before somebody asks for tools. */
export interface AgentTools {
  readonly catalogue: ToolCatalogue
  readonly params: ParamsChecker
  readonly providers: Providers
}
