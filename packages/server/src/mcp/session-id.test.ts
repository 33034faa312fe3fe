import { type Caller, Secret } from '@scalekit-mcp/auth'
import { describe, expect, test } from 'vitest'
import { createSessionIds } from './session-id.js'

const key = new Secret('the-same-key-on-every-replica-0123456789')
const caller = { issuer: 'https://as.example', subject: 'ada', clientId: 'client' } as Caller
const asks = { elicitation: {} }

const ids = createSessionIds(key)
const issued = () => ids.issue(caller, asks) ?? ''

describe('a session id', () => {
  test.each([
    [{ elicitation: {} }, { form: {} }],
    [{ elicitation: { form: {} } }, { form: {} }],
    [{ elicitation: { form: { applyDefaults: true } } }, { form: {} }],
    [{ elicitation: { url: {} } }, { url: {} }],
    [{ elicitation: { form: {}, url: {} } }, { form: {}, url: {} }],
  ])('of %j says what the client can ask', (declared, elicitation) => {
    const id = ids.issue(caller, declared) ?? ''
    expect(ids.open(id, caller)).toEqual({ id, capabilities: { elicitation } })
  })

  test('is not issued to a client that cannot ask', () => {
    expect(ids.issue(caller, {})).toBeUndefined()
    expect(ids.issue(caller, { sampling: {}, roots: {} })).toBeUndefined()
  })

  test('is short, visible ASCII without the need to encode it, and another one each time', () => {
    const many = new Set(Array.from({ length: 100 }, issued))
    expect(many.size).toBe(100)
    for (const id of many) expect(id).toMatch(/^v1\.[A-Za-z0-9_-]{40,120}$/)
  })

  test('is opened with the same key on another replica, and with no other key', () => {
    expect(createSessionIds(key).open(issued(), caller)).toBeDefined()
    const other = new Secret('another-key-on-another-server-0123456789')
    expect(createSessionIds(other).open(issued(), caller)).toBeUndefined()
  })

  test('is of one caller', () => {
    const id = issued()
    for (const other of [{ issuer: 'https://as2.example' }, { subject: 'eve' }, { clientId: 'other' }]) {
      expect(ids.open(id, { ...caller, ...other })).toBeUndefined()
    }
    const moved = { ...caller, issuer: 'https://as.example","ada', subject: 'x' }
    expect(ids.open(id, moved)).toBeUndefined()
    expect(ids.open(id, caller)).toBeDefined()
  })

  test('is refused with any character changed, left out or added', () => {
    const id = issued()
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/'
    const opened = [...id].flatMap((own, at) =>
      ['', ...alphabet.replace(own, '')]
        .map((other) => id.slice(0, at) + other + id.slice(at + 1))
        .filter((changed) => ids.open(changed, caller) !== undefined),
    )
    expect(opened).toEqual([])
    for (const changed of [
      `${id}A`,
      `${id}=`,
      ` ${id}`,
      `${id}\n`,
      `${id}, ${id}`,
      `v2${id.slice(2)}`,
      'v1.',
      '',
    ]) {
      expect(ids.open(changed, caller), changed).toBeUndefined()
    }
  })
})
