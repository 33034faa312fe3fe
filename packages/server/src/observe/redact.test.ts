import { Secret } from '@scalekit-mcp/auth'
import { expect, test } from 'vitest'
import { createRedact, redact } from './redact.js'

/** Every code unit alone, and what looks like a credential, in the middle of a name. */
const names = [
  ...Array.from({ length: 0x1_00_00 }, (_, unit) => `a${String.fromCharCode(unit)}b`),
  'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1In0.c2ln',
  'Bearer abcdefgh12345678',
  'bearer abcdefgh12345678',
  'Basic c2tjXzEwMDp0ZXN0X2xvY2Fs',
  ...['test', 'live', 'sks', 'sk_live', 'sk_test', 'whsec', 'ghp'].map(
    (kind) => `${kind}_AB1DEFGHIJKLMNOPQRSTUVWX`,
  ),
  'a\u{e0041}b',
]

test('printable ASCII stays as it is', () => {
  const passed = names.filter((name) => /^a[\x20-\x7e]b$/.test(name)).map((name) => ({ items: [{ name }] }))
  expect(passed.length).toBe(0x7f - 0x20)
  expect(passed.map(redact)).toEqual(passed)
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
  // Linear work takes milliseconds, quadratic work over this much text many minutes.
  expect(performance.now() - started).toBeLessThan(60_000)
})

test('a JWT is removed wherever it begins', () => {
  const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1In0.c2ln'
  for (const before of ['', ' ', '"', '/', '=', 'token-', '.', 'x.']) {
    expect(redact(`${before}${jwt} after`)).not.toContain('eyJ')
  }
  expect(redact('monkeyJumps.overfence.today')).toBe('monkeyJumps.overfence.today')
})

test('what is cleaned is cleaned in a value and in a key', () => {
  const cleaned = names.filter((name) => redact(name) !== name)
  expect(cleaned.length).toBeGreaterThan(2_000)
  for (const name of cleaned) {
    const [[key, value] = []] = Object.entries(redact({ [name]: name }))
    expect([key, value]).toEqual([redact(name), redact(name)])
  }
})

const invisible = {
  'tag characters': '\u{e0041}\u{e0042}\u{e007f}',
  'bidirectional overrides and isolates': '\u202e\u202c\u2066\u2069\u200e\u061c',
  'zero width space, word joiner, byte order mark': '\u200b\u2060\ufeff',
  'a run of variation selectors': '\ufe01'.repeat(41),
  'variation selectors supplement': '\u{e0100}\u{e01ef}',
  'Hangul and Khmer fillers': '\u3164\u115f\uffa0\u17b4',
  'the combining grapheme joiner': '\u034f',
  'interlinear annotations': '\ufff9\ufffb',
  'the braille blank': '\u2800',
  noncharacters: '\ufdd0\ufffe\u{1ffff}',
  'joiners between Latin letters': '\u200d\u200c',
  'musical format controls': '\u{1d173}',
}

test.each(Object.entries(invisible))('%s are removed from values and from keys', (_, hidden) => {
  expect(redact({ [`a${hidden}b`]: `a${hidden}b` })).toEqual({ ab: 'ab' })
  expect(redact([{ nested: { [`${hidden}k`]: 1 } }])).toEqual([{ nested: { k: 1 } }])
})

test.each([
  'Bearer Logistics GmbH',
  'Standard Bearer Logistics',
  'use bearer authentication',
  'Basic Subscriptions International',
  `sk_${'abcdefgh'.repeat(3)}`,
  `test_${'abcdefgh'.repeat(3)}`,
  'latest_release_notes',
  'ghosts-of-the-past-and-future',
  'xoxo-from-all-of-our-offices',
])('the name or text %s stays as it is', (text) => {
  expect(redact({ [text]: text })).toEqual({ [text]: text })
})

test.each([
  `ghp_${'a1'.repeat(18)}`,
  `whsec_${'MfKQ9r8GKYqrTwjU'.repeat(2)}`,
  `sk_live_${'51H8'.repeat(6)}`,
  `test_${'Ab1'.repeat(10)}`,
  'AKIAIOSFODNN7EXAMPLE',
  'Basic c2tjXzEwMDp0ZXN0X2xvY2Fs',
  'Bearer mF_9.B5f-4.1JqM99',
])('the credential %s is removed', (text) => {
  expect(redact(`Use ${text} here`)).toBe('Use [redacted] here')
})

test('keys that look the same after cleaning keep their values', () => {
  expect(redact({ role: 'member', 'ro\u200ble': 'admin' })).toEqual({ role: 'member', 'role (2)': 'admin' })
  expect(redact({ 'Bearer abcdefgh12345678': 1 })).toEqual({ '[redacted]': 1 })
})

test.each([
  ['Persian', 'می\u200cخواهم'],
  ['Devanagari', 'क्\u200dष, क्\u200cष'],
  ['an emoji family', '👨\u200d👩\u200d👧'],
  ['a heart and a keycap', '❤\ufe0f 1\ufe0f\u20e3'],
  ['a profession with a skin tone', '👩🏽\u200d💻'],
  ['a soft hyphen in a word', 'Donau\u00addampf'],
  ['Arabic number signs', '\u0600١٢'],
])('%s stays as it is', (_, text) => {
  expect(redact({ [text]: text })).toEqual({ [text]: text })
})

test('secrets of the server are removed by their value, whatever characters they have', () => {
  const own = 'a^b.c*(d)[e]{f}|g+h?$/-\\i'
  const short = 'Logistics'
  const redactOwn = createRedact([new Secret(own), new Secret(short)])
  expect(redactOwn({ [own]: [`x${own}y`, 'Acme Logistics'] })).toEqual({
    '[redacted]': ['x[redacted]y', 'Acme Logistics'],
  })
  expect(redactOwn(`${own.slice(0, 5)}\u200b${own.slice(5)}`)).toBe('[redacted]')
  expect(redact(own)).toBe(own)
})
