import { expect, test } from 'vitest'
import { isHarmless, redact } from './redact.js'

/** Every code unit alone, and what looks like a credential, in the middle of a name. */
const names = [
  ...Array.from({ length: 0x1_00_00 }, (_, unit) => `a${String.fromCharCode(unit)}b`),
  'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1In0.c2ln',
  'Bearer abcdefgh12345678',
  'bearer abcdefgh12345678',
  ...['test', 'live', 'sk', 'sks'].map((kind) => `${kind}_ABCDEFGHIJKLMNOPQRSTUVWX`),
  'a\u{e0041}b',
]

test('one look at the JSON of a result passes nothing that would be cleaned', () => {
  const passed = names
    .map((name) => ({ items: [{ name }] }))
    .filter((each) => isHarmless(JSON.stringify(each)))
  expect(passed.map(redact)).toEqual(passed)
  // All of ASCII that is written as it stands: without controls, DEL, the quote and the backslash.
  expect(passed.length).toBe(0x7f - 0x20 - 2)
})

test('what is nested deeply is cleaned once, not twice as often at each level', () => {
  const nested = (text: string) => Array.from({ length: 60 }).reduce((inner) => ({ inner }), text)
  expect(redact(nested('a\u200bb'))).toEqual(nested('ab'))
})

test.each([
  ['starts of a JWT', 'eyJa-'],
  ['tokens without an end', 'eyJaaaaaaa.'],
  ['bearer words', 'bearer '],
  ['prefixes of secrets', 'test_'],
])('1 MB of %s is cleaned in linear time', (_what, part) => {
  const text = part.repeat(1_000_000 / part.length)
  const started = performance.now()
  redact({ name: text })
  // Quadratic work over this much text takes minutes.
  expect(performance.now() - started).toBeLessThan(5_000)
})

test('a JWT is removed wherever it begins', () => {
  const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1In0.c2ln'
  for (const before of ['', ' ', '"', '/', '=', 'token-', '.', 'x.']) {
    expect(redact(`${before}${jwt} after`)).not.toContain('eyJ')
  }
  expect(redact('monkeyJumps.overfence.today')).toBe('monkeyJumps.overfence.today')
})

test('what is cleaned is not passed, whether it stands in a name or in a key', () => {
  const cleaned = names.filter((name) => redact(name) !== name)
  expect(cleaned.length).toBeGreaterThan(2_000)
  for (const name of cleaned) expect(isHarmless(JSON.stringify({ [name]: name }))).toBe(false)
})
