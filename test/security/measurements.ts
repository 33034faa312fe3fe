import type { CriterionId } from './criteria.js'

/** What the last recorded run saw for each criterion: `docs/security.json`. */
export type Measurements = Partial<
  Record<CriterionId, { readonly measured: string; readonly date: string; readonly node: string }>
>

export const areas = {
  A: 'Tokens',
  B: 'Requests',
  C: 'Tool arguments',
  D: 'Faults',
  E: 'Load',
  F: 'Isolation',
  G: 'Audit',
  H: 'Supply chain',
  S: 'Authorization server of the local environment',
  L: 'What reaches a model',
} as const
