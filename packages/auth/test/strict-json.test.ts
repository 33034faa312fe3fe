import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseBody } from '../src/json-body.js'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'
import { type ProtectedApp, post, startApp } from './protected-app.js'

const message = (params: string) => `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":${params}}`
const nested = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`
const DUPLICATE = 'No object may have two members of the same name.'
const FORBIDDEN = 'No member may be named __proto__, constructor or prototype.'
const DEEP = 'The body is nested more than 32 levels deep.'
const MANY = 'The body has more than 2000 members and elements.'

const members = (count: number) => `{${Array.from({ length: count }, (_, n) => `"m${n}":1`).join()}}`
const elements = (count: number, each = '1') => `{"a":[${Array.from({ length: count }, () => each).join()}]}`

/** RFC 8259 sections 4 and 9, as it reaches an endpoint. */
describe('a body', () => {
  let authority: Authority
  let app: ProtectedApp

  beforeAll(async () => {
    authority = await startAuthority()
    app = await startApp(() => ({ issuers: [authority.issuer], scopes: [] }))
  })
  afterAll(async () => {
    await app.close()
    await authority.close()
  })
  const send = (body: string) =>
    post(app.resource, mint(rsaKey, { iss: authority.issuer, aud: app.resource }), { body })

  test.each([
    ['the same name in other objects', '{"a":{"x":1},"b":{"x":1},"c":[{"x":1},{"x":1}],"x":1}'],
    ['a name as a value', '{"a":"a","b":"a","c":["a","a"]}'],
    ['what looks like a member within a string', '{"a":"\\",\\"a\\":1","b":"x\\":"}'],
    ['strings that end in backslashes', '{"a":"\\\\","b":"\\\\\\\\","c":"\\\\\\""}'],
    ['brackets within strings', '{"a":"]}]}]}[[[{{{","b":1}'],
    ['forty objects one after the other', `{"a":[${'{},'.repeat(39)}{}]}`],
    ['30 levels within the two of the message', nested(30)],
    ['names that are near the forbidden ones', '{"proto":1,"constructors":2,"__proto":3}'],
    ['1,900 members', members(1_900)],
    ['1,900 elements', elements(1_900)],
    ['commas and brackets within a string', `{"a":"${'[,'.repeat(50_000)}"}`],
    ['forbidden names as values', '{"a":"__proto__","b":["constructor"]}'],
  ])('is taken with %s', async (_what, params) => {
    expect((await send(message(params))).status).toBe(200)
  })

  test.each([
    ['twice a name', '{"a":1,"a":2}', DUPLICATE],
    ['twice a name, the object in between closed', '{"a":{"b":1},"b":[1],"a":2}', DUPLICATE],
    ['twice a name, space before the colon', '{"a" : 1 , "a"\\t\\n : 2}', DUPLICATE],
    ['twice a name, once escaped', '{"ab":1,"\\u0061b":2}', DUPLICATE],
    ['twice a name with a quote in it', '{"a\\"":1,"a\\"":2}', DUPLICATE],
    ['twice a name, a backslash at the end of a value in between', '{"a":"\\\\","a":"b"}', DUPLICATE],
    ['twice the empty name', '{"":1,"":2}', DUPLICATE],
    ['twice a name, deep', '{"x":[{"y":{"a":1,"b":2,"a":3}}]}', DUPLICATE],
    ['__proto__', '{"__proto__":{}}', FORBIDDEN],
    ['__proto__, escaped', '{"\\u005f_proto__":{}}', FORBIDDEN],
    ['constructor', '{"a":[{"constructor":1}]}', FORBIDDEN],
    ['prototype', '{"prototype":1}', FORBIDDEN],
    ['31 levels within the two of the message', nested(31), DEEP],
    ['32 objects in one another within the message', `${'{"a":'.repeat(32)}1${'}'.repeat(32)}`, DEEP],
    ['100,000 levels', nested(100_000), DEEP],
    ['20,000 members', members(20_000), MANY],
    ['20,000 elements', elements(20_000), MANY],
    ['20,000 empty objects', elements(20_000, '{}'), MANY],
    ['1,100 objects with a member', elements(1_100, '{"a":1}'), MANY],
    ['20,000 members, the last one twice', members(20_000).replace('}', ',"m1":1}'), MANY],
    ['20,000 members and no end', members(20_000).slice(0, -1), MANY],
  ])('is refused with %s', async (_what, params, text) => {
    const spaced = params.replace('\\t\\n', '\t\n')
    const response = await send(message(spaced))
    expect([response.status, await response.json()]).toEqual([
      400,
      { jsonrpc: '2.0', id: null, error: { code: -32600, message: text } },
    ])
  })

  test('of 256 KB costs about as much with 20,000 members as with one', () => {
    const time = (params: string) => {
      const body = Buffer.from(message(params))
      const runs = Array.from({ length: 20 }, () => {
        const started = performance.now()
        expect(() => parseBody(body)).toThrow()
        return performance.now() - started
      })
      return Math.min(...runs)
    }
    const filled = members(20_000)
    // Refused as well, at its end.
    const scanned = time(`{"a":"${'x'.repeat(filled.length)}","a":1}`)
    expect(time(filled)).toBeLessThan(10 * Math.max(scanned, 0.5))
  })

  test.each(['{', '', '{"a":01}', '\ufeff{}', "{'a':1}", '[1,]', '{"a":1}}'])(
    'is refused that is not JSON: %j',
    async (body) => {
      const response = await send(body)
      expect([response.status, await response.json()]).toEqual([
        400,
        { jsonrpc: '2.0', id: null, error: { code: -32700, message: 'The body is not JSON in UTF-8.' } },
      ])
    },
  )
})
