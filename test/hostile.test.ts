import { describe, expect, test } from 'vitest'
import { type Corpora, type Era, readCorpora } from './hostile/corpus.js'
import { report } from './hostile/outcome.js'
import { runRequests } from './hostile/requests.js'
import { runTokens } from './hostile/tokens.js'

/** Groups that take seconds: slow clients, floods, and bytes that leave a connection waiting. `npm run test:hostile` has them. */
const slowGroups = ['timing', 'flood', 'raw-http']
const { tokens, requests } = readCorpora()
const quick: Corpora = {
  tokens,
  requests: { cases: requests.cases.filter(({ group }) => !slowGroups.includes(group)) },
}

describe.each<Era>(['modern', 'legacy'])('the server program, protocol era %s', (era) => {
  test('stands up to every hostile token', async () => {
    const outcomes = await runTokens(quick, 'strict', era)
    expect(report(outcomes).text).toBe(`${tokens.cases.length + 1} passed, 0 failed\n`)
  }, 60_000)

  test('stands up to the hostile requests that are decided at once', async () => {
    const outcomes = await runRequests(quick, 'scalekit-compat', era)
    expect(outcomes.length).toBeGreaterThan(80)
    expect(report(outcomes).text).toBe(`${outcomes.length} passed, 0 failed\n`)
  }, 90_000)
})
