import { inspect } from 'node:util'
import {
  callerOf,
  createTokenVerifier,
  type McpAuth,
  mcpAuth,
  organizationOf,
  requireScopes,
  Secret,
} from '@scalekit-mcp/auth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'

const AUDIENCE = 'https://mcp.example.com/mcp'

/** What a tool's own code holds in its hands. */
describe('the context of a handler', () => {
  let authority: Authority
  let warnings: string[]
  const auths: McpAuth[] = []
  const authWith = (tools: Record<string, readonly string[]>, scopeAliases = {}) => {
    warnings = []
    const auth = mcpAuth({
      resource: AUDIENCE,
      issuers: [authority.issuer],
      scopes: [],
      tools,
      scopeAliases,
      claims: { organization: 'oid' },
      onWarning: (message) => warnings.push(message),
    })
    auths.push(auth)
    return auth
  }

  const callerWith = (claims: object, { verifier } = authWith({})) =>
    verifier.verify(mint(rsaKey, { iss: authority.issuer, aud: AUDIENCE, ...claims }))
  const contextsOf = (caller: object) => [
    { http: { authInfo: { extra: { caller } } } },
    { authInfo: { extra: { caller } } },
  ]

  beforeAll(async () => {
    authority = await startAuthority()
  })
  afterAll(async () => {
    for (const auth of auths) auth.close()
    await authority.close()
  })

  test('has the caller under both versions of the SDK', async () => {
    const caller = await callerWith({ oid: 'org_7', scope: 'a b' })
    for (const context of contextsOf(caller)) {
      expect(callerOf(context)).toBe(caller)
      expect(organizationOf(context)).toBe('org_7')
      expect(requireScopes(context, 'a', 'b')).toBe(caller)
      expect(() => requireScopes(context, 'a', 'c')).toThrow(
        expect.objectContaining({
          code: 'insufficient_scope',
          status: 403,
          scopes: ['a', 'c'],
          message:
            'This call needs the scopes: a c. Ask the user to sign in to this server again and to allow them, then try again.',
        }),
      )
    }
  })

  test('a caller of no organization reaches the data of none', async () => {
    const [context = {}] = contextsOf(await callerWith({}))
    expect(() => organizationOf(context)).toThrow(
      expect.objectContaining({
        code: 'no_organization',
        message: 'The access token is not bound to an organization. Sign in again as a member of one.',
      }),
    )
  })

  test.each([
    ['nothing', {}],
    ['no token', { authInfo: {} }],
    ['an object that came over the wire', { authInfo: { extra: { caller: { subject: 'x', token: 'y' } } } }],
    ['a caller without a token', { http: { authInfo: { extra: { caller: { subject: 'x' } } } } }],
  ])('%s is no caller', (_what, context) => {
    const sentence =
      'No access token was verified for this call: put app.use(mcpAuth({ ... })), or a guard of it, above the route.'
    for (const read of [callerOf, organizationOf, requireScopes]) {
      expect(() => read(context)).toThrow(new Error(sentence))
    }
  })

  test('a tool and requireScopes ask for the same scopes, under any of their names', async () => {
    const aliases = { 'org:read': 'organization:read' }
    const auth = authWith({ read: ['org:read'], free: [] }, aliases)
    const read = auth.tool('read', (name: string, _context: object) => `read ${name}`)
    const free = auth.tool('free', (_context: object) => 'free')
    for (const scope of ['organization:read', 'org:read']) {
      for (const context of contextsOf(await callerWith({ scope }, auth))) {
        expect(read('it', context)).toBe('read it')
        expect(requireScopes(context, 'org:read', 'organization:read').subject).toBe('usr_1')
      }
    }
    const [other = {}] = contextsOf(await callerWith({ scope: 'x' }, auth))
    const refusal = expect.objectContaining({ code: 'insufficient_scope', scopes: ['org:read'] })
    expect(() => read('it', other)).toThrow(refusal)
    expect(() => requireScopes(other, 'org:read')).toThrow(refusal)
    expect(free(other)).toBe('free')
    expect(() => free({})).toThrow('No access token was verified')
    for (const name of ['gone', 'constructor', 'toString']) {
      const sentence = `The tool ${name} is missing in the option tools of mcpAuth: add ${name} with its scopes.`
      expect(() => auth.tool(name, () => 1)).toThrow(new Error(sentence))
      expect(warnings.at(-1)).toBe(sentence)
    }
  })

  test.each<Record<string, string[]>>([
    { greet: ['a', 'b c'] },
    { greet: [''] },
    { fine: [], greet: ['a"'] },
  ])('a table is refused whose scopes are none: %j', (tools) => {
    expect(() => authWith(tools)).toThrow(
      "tools.greet must be a list of scope names without spaces, like ['user:read']",
    )
  })

  test('a secret shows itself to nobody who does not ask', () => {
    const secret = new Secret('hunter2')
    expect(secret.reveal()).toBe('hunter2')
    const shown = [String(secret), JSON.stringify({ secret }), inspect(secret), inspect({ a: [secret] })]
    expect(shown).toEqual(['[redacted]', '{"secret":"[redacted]"}', '[redacted]', '{ a: [ [redacted] ] }'])
  })

  test.each([
    'https://auth.example.com/keys',
    'http://localhost:8787/keys',
    'http://127.0.0.1/keys',
    'http://127.255.1.2/keys',
    'http://[::1]:80/keys',
    'http://keys:8080/keys',
  ])('keys may come from %s', (jwksUrl) => {
    const make = () => createTokenVerifier({ issuers: ['https://a.example'], audience: AUDIENCE, jwksUrl })
    expect(make).not.toThrow()
  })

  const CLEAR = 'must be an https URL (http is for localhost and container names only)'
  const PARTS = 'must not hold a user name, a password or a fragment'
  test.each([
    ['keys', 'is not a URL'],
    ['http://10.0.0.5/keys', CLEAR],
    ['http://127.0.0.1.example.com/keys', CLEAR],
    ['http://x127.0.0.1.example/keys', CLEAR],
    ['http://[fe80::1]/keys', CLEAR],
    ['ftp://localhost/keys', CLEAR],
    ['wss://auth.example.com/keys', CLEAR],
    ['https://me@auth.example.com/keys', PARTS],
    ['https://:secret@auth.example.com/keys', PARTS],
    ['https://auth.example.com/keys#x', PARTS],
  ])('keys may not come from %s', (jwksUrl, why) => {
    const make = () => createTokenVerifier({ issuers: ['https://a.example'], audience: AUDIENCE, jwksUrl })
    expect(make).toThrow(new TypeError(`jwksUrl ${why}`))
  })
})
