import { describe, expect, test } from 'vitest'
import * as node from '../src/platform/node.js'
import * as web from '../src/platform/web.js'

const bytes = (...values: number[]) => Uint8Array.from(values)

describe('the two halves of what differs between runtimes', () => {
  test('have the same functions', () => {
    expect(Object.keys(web).sort()).toEqual(Object.keys(node).sort())
  })

  test.each(['', 'a', 'grüße 😀', '\u0000', '{"a":1}'])('agree on the text %j', (text) => {
    expect(web.sha256(text)).toBe(node.sha256(text))
    expect(web.byteLength(text)).toBe(node.byteLength(text))
    expect(web.utf8Of(web.bytesOf(text))).toBe(node.utf8Of(node.bytesOf(text)))
  })

  test.each([
    [bytes(0x41)],
    [bytes(0xc3, 0xa9)],
    [bytes(0xef, 0xbb, 0xbf, 0x7b)],
    [bytes(0xc0, 0x80)],
    [bytes(0xff)],
    [bytes(0xed, 0xa0, 0x80)],
    [bytes(0xe2, 0x82)],
  ])('agree on whether %j is UTF-8', (given) => {
    expect(web.isUtf8(given)).toBe(node.isUtf8(given))
    if (node.isUtf8(given)) expect(web.utf8Of(given)).toBe(node.utf8Of(given))
  })

  test.each(['', 'AA', 'AB', 'AAA', 'AAB', 'AAAA', 'AA==', 'A', 'A+/A', 'A-_A', 'A A', 'é', 'AAAAA'])(
    'agree on whether %j is canonical base64url',
    (text) => {
      expect(web.isCanonical(text)).toBe(node.isCanonical(text))
      if (node.isCanonical(text))
        expect([...web.decodeBase64url(text)]).toEqual([...node.decodeBase64url(text)])
    },
  )

  test.each([
    '127.0.0.1',
    '127.1',
    '01.2.3.4',
    '256.1.1.1',
    '1.2.3.4.',
    '::1',
    '::',
    '::ffff:1.2.3.4',
    '2001:DB8::1',
    '1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    ':::',
    '12345::',
    '::1.2.3',
    '[::1]',
    'localhost',
    '',
    ':',
  ])('agree on the address %j', (text) => {
    expect(web.isIP(text)).toBe(node.isIP(text))
  })

  test('put chunks together', () => {
    for (const chunks of [[], [bytes(1)], [bytes(1, 2), bytes(), bytes(3)]]) {
      expect([...web.concat(chunks)]).toEqual([...node.concat(chunks)])
    }
  })
})
