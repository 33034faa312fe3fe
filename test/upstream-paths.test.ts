import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { httpBindings, services } from '@scalekit-mcp/api'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { measure } from './harness/measure.js'

const root = fileURLToPath(new URL('..', import.meta.url))

function sources(folder: string): { path: string; text: string }[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return /\/(gen|cli)$/.test(path) ? [] : sources(path)
    if (!/(?<!\.test)\.ts$/.test(path)) return []
    const text = readFileSync(join(root, path), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
    return [{ path, text }]
  })
}
const code = ['packages/server/src', 'packages/api/src'].flatMap(sources)
const templates = Object.values(services)
  .flatMap(({ methods }) => methods.flatMap(httpBindings))
  .map(({ path }) => path)

test('no path of the API is written by hand, and four files send requests', () => {
  const withPaths = code.filter(({ text }) => /[`'"][^`'"\n]*\/api\/v1/.test(text)).map(({ path }) => path)
  const senders = code
    .filter(({ text }) => /\brequest\b.*from 'undici'/.test(text) || /\.dispatch\(/.test(text))
    .map(({ path }) => path)
  expect(withPaths).toEqual([])
  expect(senders.sort()).toEqual([
    'packages/api/src/exchange.ts',
    'packages/server/src/docs-search/fetch-document.ts',
    'packages/server/src/scalekit/token-endpoint.ts',
    'packages/server/src/upstream/reachable.ts',
  ])
})

test('whatever stands in a field, the path stays that of its method', () => {
  expect(templates.length).toBeGreaterThan(200)
  const hostile = fc.constantFrom(
    '../members',
    'a/b',
    'a?b=c',
    'a#b',
    'a%2fb',
    'a;b',
    'a\r\nb',
    '..%2f',
    ':verb',
    '{id}',
  )
  let escaped = 0
  fc.assert(
    fc.property(
      fc.constantFrom(
        ...templates.filter(({ fields, source }) => fields.length > 0 && !source.includes('**')),
      ),
      fc.oneof(hostile, fc.string({ minLength: 1, unit: 'grapheme' })),
      (template, value) => {
        fc.pre(value !== '.' && value !== '..')
        const path = template.expand(() => value)
        const segments = (text: string) => text.split('/').length
        const stays = /^[\w\-.~!$&'()*+,;=:@%/]*$/.test(path) && segments(path) === segments(template.source)
        if (!stays || template.match(path)?.get(template.fields[0] ?? '') !== value) escaped++
        expect(stays, `${template.source} ${JSON.stringify(value)} ${path}`).toBe(true)
      },
    ),
    { numRuns: 5_000 },
  )
  expect(escaped).toBe(0)
  for (const segment of ['.', '..', '']) {
    expect(() => templates.find(({ fields }) => fields.length > 0)?.expand(() => segment)).toThrow()
  }
  measure('C3', `${escaped} of ${templates.length} templates`)
})
