import audit from './criteria/audit.json' with { type: 'json' }
import authorizationServer from './criteria/authorization-server.json' with { type: 'json' }
import faults from './criteria/faults.json' with { type: 'json' }
import isolation from './criteria/isolation.json' with { type: 'json' }
import load from './criteria/load.json' with { type: 'json' }
import model from './criteria/model.json' with { type: 'json' }
import requests from './criteria/requests.json' with { type: 'json' }
import supplyChain from './criteria/supply-chain.json' with { type: 'json' }
import tokens from './criteria/tokens.json' with { type: 'json' }
import toolArguments from './criteria/tool-arguments.json' with { type: 'json' }

/** What has to hold, and the command whose run measures it. */
export interface Criterion {
  readonly what: string
  readonly metric: string
  readonly bar: string
  readonly command: string
  /** Why it cannot be measured on a machine of ours. */
  readonly notRun?: string
}

const files = [
  tokens,
  requests,
  toolArguments,
  faults,
  load,
  isolation,
  audit,
  supplyChain,
  authorizationServer,
  model,
]

type IdsOf<File> = File extends { readonly criteria: infer Criteria } ? keyof Criteria : never
/** `A1` to `L8`; a criterion keeps its id for good. */
export type CriterionId = IdsOf<(typeof files)[number]>

/** The criteria by area, a file of `criteria/` each. `docs/security.md` is made from them and from what the runs measured. */
export const areas = files.map(({ title, criteria }) => ({
  title,
  criteria: Object.entries(criteria) as [CriterionId, Criterion][],
}))

export const criteria = areas.flatMap((area) => area.criteria)

/** What the last recorded run saw for each criterion: `docs/security.json`. */
export type Measurements = Partial<
  Record<CriterionId, { readonly measured: string; readonly date: string; readonly node: string }>
>
