import { measure } from '../harness/measure.js'
import type { Corpora } from './corpus.js'
import type { Outcome } from './outcome.js'

/** Notes for the criteria what a run without a failure has shown: each rule was checked on every case. */
export function noteCriteria({ tokens, requests }: Corpora, outcomes: readonly Outcome[]): void {
  const runs = (prefix: string) =>
    outcomes.filter(({ id, group }) => id.startsWith(prefix) && group !== 'after').length
  const figures = (id: string) => outcomes.filter((each) => each.id === id).map(({ figure = 0 }) => figure)
  const ofGroup = (group: string) => outcomes.filter((each) => each.group === group).length
  const all = runs('')
  const closed = requests.cases.filter(({ expect }) => expect.closed_within_ms !== undefined)
  measure('A1', `0 of ${runs('TOK')} (${tokens.cases.length} cases, both profiles, both eras)`)
  measure('A2', `0 of ${runs('TOK')}`)
  measure('A3', `0 of ${all}`)
  measure('B1', `0 of ${runs('REQ')} (${requests.cases.length} cases, both profiles, both eras)`)
  measure('B2', `0 of ${all}`)
  measure('B3', `0 of ${all}`)
  measure('B4', `${Math.max(...figures('REQ-*')).toFixed(0)} MB at most`)
  measure('B5', closed.map(({ id, name }) => `${name} ${Math.max(...figures(id)).toFixed(1)} s`).join(', '))
  const toolArguments = requests.cases.filter(({ group }) => group === 'tool-args').length
  measure('C1', `0 of ${ofGroup('tool-args')} (${toolArguments} cases, both profiles, both eras)`)
  measure('G5', `0 hits over ${all} runs`)
}
