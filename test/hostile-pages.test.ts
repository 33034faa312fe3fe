import { describe, expect, test } from 'vitest'
import { failuresFound } from './hostile/grammar-report.js'
import { report } from './hostile/outcome.js'
import { pageGrammar, readPages, runPages } from './hostile/pages/run-pages.js'

/** `npm run test:hostile` sends all of the pages' own requests. */
describe('the runner of the hostile pages', () => {
  const failing = readPages('page-grammar')

  test.each(Object.entries(pageGrammar))('has a case for every member of %s', (_, names) => {
    const text = JSON.stringify([...readPages().cases, ...failing.cases])
    expect(names.filter((name) => !text.includes(`"${name}"`))).toEqual([])
  })

  test('has a case that must fail for every expectation', () => {
    const failed = new Set(failing.cases.flatMap(({ expect: expected }) => Object.keys(expected)))
    expect(pageGrammar.expect.filter((name) => !failed.has(name))).toEqual([])
  })

  test('finds every problem that it must find', async () => {
    const outcomes = await runPages(failing)
    const { text } = report(failuresFound(failing.cases, outcomes))
    expect(text).toBe(`${failing.cases.length + 1} passed, 0 failed\n`)
  })
})
