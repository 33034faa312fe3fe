import { describe, expect, test } from 'vitest'
import { hmacSecrets } from '../packages/auth/test/hostile-signature.js'
import { mutations } from '../packages/auth/test/hostile-token.js'
import { operators } from '../packages/auth/test/hostile-values.js'
import { checks } from './hostile/checks.js'
import { auths } from './hostile/client.js'
import { type Corpora, readCorpora, readGrammarCorpora } from './hostile/corpus.js'
import { floodScripts } from './hostile/flood.js'
import { grammar } from './hostile/grammar.js'
import { report } from './hostile/outcome.js'
import { runRequests } from './hostile/requests.js'
import { slowScripts } from './hostile/slow.js'
import { runTokens } from './hostile/tokens.js'

/** Slow clients, floods, and bytes that leave a connection waiting take seconds. */
const slowGroups = ['timing', 'flood', 'raw-http']
const { tokens, requests } = readCorpora()
/** `npm run test:hostile` has all cases, those that limit a time included, in both profiles and protocol eras. */
const quick: Corpora = {
  tokens,
  requests: {
    ...requests,
    cases: requests.cases.filter(
      ({ group, expect: { max_ms } }) => !slowGroups.includes(group) && max_ms === undefined,
    ),
  },
}

describe('the server program', () => {
  test('stands up to every hostile token', async () => {
    const outcomes = await runTokens(quick, 'strict', 'modern')
    expect(report(outcomes).text).toBe(`${tokens.cases.length + 1} passed, 0 failed\n`)
  })

  test('stands up to the hostile requests that are decided at once', async () => {
    const outcomes = await runRequests(quick, 'scalekit-compat', 'legacy')
    expect(outcomes.length).toBeGreaterThan(80)
    expect(report(outcomes).text).toBe(`${outcomes.length} passed, 0 failed\n`)
  })
})

// That it finds every problem, and no other, is shown by `npm run test:hostile`.
describe('the runner of the hostile corpora', () => {
  const corpora = readGrammarCorpora()
  const cases = [...corpora.tokens.cases, ...corpora.requests.cases]
  const text = JSON.stringify(cases)

  test.each([
    ['operator', Object.keys(operators)],
    ['mutation', Object.keys(mutations)],
    ['HMAC key', Object.keys(hmacSecrets).map((name) => `hmac:${name}`)],
    ['auth', Object.keys(auths)],
    ['slow script', Object.keys(slowScripts)],
    ['flood script', Object.keys(floodScripts)],
    ['token member', grammar.token.build],
    ['request member', grammar.request.build],
    ['expectation', Object.keys(checks)],
  ])('has a case for every %s', (_, names) => {
    expect(names.filter((name) => !text.includes(`"${name}"`))).toEqual([])
  })

  test('has a case that must fail for every expectation', () => {
    const failing = cases
      .filter(({ fails }) => fails !== undefined)
      .map(({ expect: { by_profile, ...own } }) => own)
    const failed = new Set(failing.flatMap((expected) => Object.keys(expected)))
    expect(Object.keys(checks).filter((name) => !failed.has(name))).toEqual([])
  })
})
