import { readOrigins, variableValue } from '@scalekit-mcp/auth'
import { isSameValue } from '@scalekit-mcp/auth/server'
import { describe, expect, test } from 'vitest'

describe('the value of a variable', () => {
  test.each([
    ["'https://acme.scalekit.com'", 'https://acme.scalekit.com'],
    ['"3002"', '3002'],
    ['`a`', 'a'],
    [` '{"a":"b"}' `, '{"a":"b"}'],
    ['it"s', 'it"s'],
    ['\'a"', '\'a"'],
    ['"', '"'],
    ["''", undefined],
    [' ', undefined],
    [undefined, undefined],
  ])('of %j is %j', (text, value) => {
    expect(variableValue(text)).toBe(value)
  })

  test.each([
    ['https://acme.scalekit.com', 'https://acme.scalekit.com/', true],
    ['https://acme.scalekit.com/a/', 'https://acme.scalekit.com/a', true],
    ['https://acme.scalekit.com/a', 'https://acme.scalekit.com/b', false],
    ['skc_1', 'skc_1/', false],
  ])('%s and %s: the same is %s', (one, other, same) => {
    expect(isSameValue(one, other)).toBe(same)
  })
})

describe('a list of origins', () => {
  test.each([
    ['https://app.example.com', ['https://app.example.com']],
    ['https://a.example, https://b.example/ ,', ['https://a.example', 'https://b.example']],
    ['HTTPS://APP.EXAMPLE.COM:443', ['https://app.example.com']],
    ['chrome-extension://abcdef', ['chrome-extension://abcdef']],
    ['*', '*'],
    ['*,', '*'],
    [',', []],
  ])('%j is read as %j', (list, origins) => {
    expect(readOrigins(list)).toEqual({ origins })
  })

  test.each([
    ['https://a.example, app.example.com', 'app.example.com'],
    ['https://app.example.com/path', 'https://app.example.com/path'],
    ['https://app.example.com/?a=b', 'https://app.example.com/?a=b'],
    ['https://a.example,*', '*'],
    ['null', 'null'],
    ['localhost:3000', 'localhost:3000'],
    ['blob:https://a.example', 'blob:https://a.example'],
    ['https://me:secret@a.example', '…@a.example'],
  ])('%j has the wrong entry %j', (list, wrong) => {
    expect(readOrigins(list)).toEqual({ wrong })
  })
})
