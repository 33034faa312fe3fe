import type { Case, Corpora } from './corpus.js'
import { type Outcome, report } from './outcome.js'

/** The outcomes of the grammar's corpora, where a case that must fail has passed when the runner found its problem. */
export function grammarOutcomes({ tokens, requests }: Corpora, outcomes: readonly Outcome[]): Outcome[] {
  const cases = new Map<string, Case>([...tokens.cases, ...requests.cases].map((each) => [each.id, each]))
  return outcomes.map((outcome) => {
    const { fails } = cases.get(outcome.id) ?? {}
    if (fails === undefined) return outcome
    const found = outcome.problems.join('; ')
    return {
      ...outcome,
      problems: found.includes(fails) ? [] : [`the problem "${fails}" was not found: ${found}`],
    }
  })
}

export function grammarReport(corpora: Corpora, outcomes: readonly Outcome[]) {
  return report(grammarOutcomes(corpora, outcomes))
}
