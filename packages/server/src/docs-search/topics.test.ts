import { expect, test } from 'vitest'
import { splitSections } from './sections.js'
import { findTopicDocuments } from './topics.js'

const base = new URL('https://docs.example.com/')
/** As large as a document may be. */
const MAX = 3 * 1024 * 1024
/** Linear work takes milliseconds, quadratic work over this much text many minutes. */
const LINEAR_MS = 60_000

test('finds the document of a topic by its label or its file name', () => {
  const index = '# Docs\n- [Auth for MCP](/_llms-txt/a.txt)\n- [Start (here)](_llms-txt/quickstart.txt)\n'
  expect([...findTopicDocuments(index, base)].map(([topic, { pathname }]) => [topic, pathname])).toEqual([
    ['mcp-auth', '/_llms-txt/a.txt'],
    ['quickstart', '/_llms-txt/quickstart.txt'],
  ])
})

test.each([
  ['opening brackets', '['],
  ['links that never close', '[x]('],
  ['links', '[x](/_llms-txt/x.txt)'],
])('an index of 3 MB of %s takes linear time', (_what, part) => {
  const index = part.repeat(MAX / part.length)
  const started = performance.now()
  findTopicDocuments(index, base)
  expect(performance.now() - started).toBeLessThan(LINEAR_MS)
})

test.each([
  ['spaces after a number sign', `# ${' '.repeat(MAX)}\u2028`],
  ['headings', '# a\n'.repeat(MAX / 4)],
])('a document of 3 MB of %s takes linear time', (_what, markdown) => {
  const started = performance.now()
  splitSections('topic', base, markdown)
  expect(performance.now() - started).toBeLessThan(LINEAR_MS)
})
