import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { TOKEN_REFUSALS } from '../src/token-refusals.js'

test('every reason for which a token is refused is in the table of the reference', () => {
  const folder = new URL('../src/', import.meta.url)
  const sources = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'))
  const thrown = sources.flatMap((text) =>
    [...text.matchAll(/invalidToken\('(\w+)'/g)].map(([, name = '']) => name),
  )
  expect(thrown.length).toBeGreaterThan(15)
  expect(thrown.filter((name) => !Object.hasOwn(TOKEN_REFUSALS, name))).toEqual([])
  const reference = readFileSync(new URL('../../../docs/reference/errors.md', import.meta.url), 'utf8')
  for (const name of Object.keys(TOKEN_REFUSALS)) expect(reference).toContain(`| \`${name}\` |`)
})
