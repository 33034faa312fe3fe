import { inspect } from 'node:util'
import {
  createProtection,
  createTokenVerifier,
  organizationOf,
  requireScopes,
  Secret,
  tokenFrom,
} from '@scalekit-mcp/auth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'

const AUDIENCE = 'https://mcp.example.com/mcp'

/** What a tool's own code holds in its hands. */
describe('the context of a handler', () => {
  let authority: Authority
  const protectionWith = (tools: Record<string, readonly string[]>, scopeAliases = {}) =>
    createProtection({ resource: AUDIENCE, issuers: [authority.issuer], scopes: [], tools, scopeAliases })

  async function callerWith(claims: object) {
    const verifier = createTokenVerifier({
      issuers: [authority.issuer],
      audience: AUDIENCE,
      organizationClaim: 'oid',
    })
    const caller = await verifier.verify(mint(rsaKey, { iss: authority.issuer, aud: AUDIENCE, ...claims }))
    verifier.close()
    return caller
  }
  const contextsOf = (caller: object) => [
    { http: { authInfo: { extra: { caller } } } },
    { authInfo: { extra: { caller } } },
  ]

  beforeAll(async () => {
    authority = await startAuthority()
  })
  afterAll(() => authority.close())

  test('gives the caller under both versions of the SDK', async () => {
    const caller = await callerWith({ oid: 'org_7', scope: 'a b' })
    for (const context of contextsOf(caller)) {
      expect(tokenFrom(context)).toBe(caller)
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
    expect(() => tokenFrom(context)).toThrow(
      expect.objectContaining({
        code: 'missing_token',
        detail: 'no_protect_in_front',
        message: 'This call brought no verified access token.',
      }),
    )
  })

  test('a tool is wrapped with its scopes, under any of their names', async () => {
    const protection = protectionWith({ read: ['org:read'], free: [] }, { 'org:read': 'organization:read' })
    const read = protection.tool('read', (name: string, _context: object) => `read ${name}`)
    const free = protection.tool('free', (_context: object) => 'free')
    const [reader = {}] = contextsOf(await callerWith({ scope: 'organization:read' }))
    const [other = {}] = contextsOf(await callerWith({ scope: 'x' }))
    expect(read('it', reader)).toBe('read it')
    expect(() => read('it', other)).toThrow('This call needs the scopes: organization:read')
    expect(free(other)).toBe('free')
    expect(() => free({})).toThrow('no verified access token')
    for (const name of ['gone', 'constructor', 'toString']) {
      expect(() => protection.tool(name, () => 1)).toThrow(
        `List the tool ${name}, with its scopes, in tools of protect`,
      )
    }
    protection.close()
  })

  test.each<Record<string, string[]>>([
    { greet: ['a', 'b c'] },
    { greet: [''] },
    { fine: [], greet: ['a"'] },
  ])('a table is refused whose scopes are none: %j', (tools) => {
    expect(() => protectionWith(tools)).toThrow('tools.greet must be scope names without spaces')
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
