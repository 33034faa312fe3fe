import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'
import { type ProtectedApp, post, startApp } from './protected-app.js'

const message = (params: string) => `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":${params}}`
const nested = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`
const DUPLICATE = 'No object may have two members of the same name.'
const FORBIDDEN = 'No member may be named __proto__, constructor or prototype.'
const DEEP = 'The body is nested more than 32 levels deep.'

/** RFC 8259 section 4, as it reaches an endpoint. */
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
  ])('is refused with %s', async (_what, params, text) => {
    const spaced = params.replace('\\t\\n', '\t\n')
    const response = await send(message(spaced))
    expect([response.status, await response.json()]).toEqual([
      400,
      { jsonrpc: '2.0', id: null, error: { code: -32600, message: text } },
    ])
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
