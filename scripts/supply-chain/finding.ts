import type { CriterionId } from '../../test/security/criteria.js'

/** What one check of the supply chain saw. `notRun` says why a check could not be made: that is no success. */
export interface Finding {
  readonly id: CriterionId
  readonly measured: string
  readonly problems: readonly string[]
  readonly notRun?: string
}
