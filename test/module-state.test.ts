import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { measure } from './harness/measure.js'

const root = fileURLToPath(new URL('..', import.meta.url))
/** What a request passes through. Commands and the local environment run for one person. */
const requestPath = ['server', 'auth', 'api'].flatMap((name) => sourcesOf(join('packages', name, 'src')))

function sourcesOf(folder: string): { path: string; text: string }[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return /\/(gen|cli)$/.test(path) ? [] : sourcesOf(path)
    if (!/\.ts$/.test(path) || /\.test\.ts$/.test(path)) return []
    return [{ path, text: readFileSync(join(root, path), 'utf8') }]
  })
}

/**
 * State of a module that one request could leave for the next. Keyed weakly by the object that it is about, nothing
 * else reaches it.
 */
function mutableState(text: string): string[] {
  const variables = [...text.matchAll(/^(?:export )?(?:let|var) (\w+|[[{][^\]}]*[\]}])/gm)].map(
    ([, name]) => `let ${name}`,
  )
  const constants = [...text.matchAll(/^(?:export )?const (\w+)(?:: [^=]+)? =\s*(.*)/gm)]
  const changed = constants
    .filter(([, , value = '']) => !/^new Weak(Map|Set)\b/.test(value))
    .filter(([, name = '', value = '']) =>
      [
        new RegExp(`\\b${name}\\.(set|add|delete|clear|push|pop|shift|unshift|splice|sort|reverse|fill)\\(`),
        new RegExp(`(?<![\\w.])${name}(\\.\\w+|\\[[^\\]]+\\])\\s*([-+*|&?]{0,2}=)(?![=>])`),
        ...(/^\/.*\/[a-z]*[gy]/.test(value) ? [new RegExp(`\\b${name}\\.(test|exec)\\(`)] : []),
      ].some((change) => change.test(text)),
    )
  return [...variables, ...changed.map(([, name]) => `const ${name}`)]
}

describe('a module in the path of a request', () => {
  test.each([
    ['let count = 0', 1],
    ['export let last: string | undefined', 1],
    ['let [at, time] = [0, ""]', 1],
    ['const seen = new Set<string>()\nfunction f() { seen.add("a") }', 1],
    ['const cache: Record<string, string> = {}\nfunction f(k) { cache[k] = "x" }', 1],
    ['const words = /a/g\nconst f = () => words.test("a")', 1],
    ['const kinds = new Set(["a"])\nconst f = (k) => kinds.has(k)', 0],
    ['const known = new WeakMap()\nfunction f(o) { known.set(o, 1) }', 0],
    ['function f() { let count = 0; const m = new Map(); m.set(1, count) }', 0],
  ])('is told from others: %s', (text, findings) => {
    expect(mutableState(text)).toHaveLength(findings)
  })

  test('keeps no state that could pass from one request to another', () => {
    expect(requestPath.length).toBeGreaterThan(150)
    const findings = requestPath.flatMap(({ path, text }) =>
      mutableState(text).map((name) => `${path}: ${name}`),
    )
    expect(findings).toEqual([])
    measure('F8', `${findings.length} in ${requestPath.length} files`)
  })
})
