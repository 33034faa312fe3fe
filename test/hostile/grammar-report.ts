import type { Case, Corpora } from './corpus.js'
import type { Outcome } from './outcome.js'

/** The outcomes of cases, where one that must fail has passed when the runner found its problem. */
export function failuresFound(
  cases: readonly Pick<Case, 'id' | 'fails'>[],
  outcomes: readonly Outcome[],
): Outcome[] {
  const byId = new Map(cases.map((each) => [each.id, each]))
  return outcomes.map((outcome) => {
    const { fails } = byId.get(outcome.id) ?? {}
    if (fails === undefined) return outcome
    const found = outcome.problems.join('; ')
    return {
      ...outcome,
      problems: found.includes(fails) ? [] : [`the problem "${fails}" was not found: ${found}`],
    }
  })
}

/** The outcomes of the grammar's corpora. */
export function grammarOutcomes({ tokens, requests }: Corpora, outcomes: readonly Outcome[]): Outcome[] {
  return failuresFound([...tokens.cases, ...requests.cases], outcomes)
}
