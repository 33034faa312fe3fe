import { readdirSync, readFileSync } from 'node:fs'
import { createTokenVerifier, type TokenVerifier, type TokenVerifierOptions } from '@scalekit-mcp/auth'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { TOKEN_RULES } from '../src/token-rules.js'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'

const AUDIENCE = 'https://mcp.example.com/mcp'
const DAY = 24 * 60 * 60
/** The time of all tests of this file. */
const NOW = Math.floor(Date.now() / 1000)
type Members = Record<string, unknown>

/** Each rule by itself, at its edge: what breaks it is refused under its own name, what just keeps it is accepted. */
describe('the rules of a token', () => {
  let authority: Authority
  const open: TokenVerifier[] = []

  const verifier = (options: Partial<TokenVerifierOptions> = {}) => {
    const made = createTokenVerifier({ issuers: [authority.issuer], audience: AUDIENCE, ...options })
    open.push(made)
    return made
  }
  const token = (claims: Members = {}, header: Members = {}) =>
    mint(rsaKey, { iss: authority.issuer, aud: AUDIENCE, ...claims }, header)

  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: NOW * 1000 })
    authority = await startAuthority()
  })
  afterAll(async () => {
    vi.useRealTimers()
    for (const made of open) made.close()
    await authority.close()
  })

  test.each<[string, Members, Members]>([
    ['alg_not_allowed', {}, { alg: 'HS256' }],
    ['alg_not_allowed', {}, { alg: ['RS256'] }],
    ['alg_not_allowed', {}, { alg: null }],
    ['header_not_allowed', {}, { jku: 'https://evil.example/keys' }],
    ['header_not_allowed', {}, { b64: true }],
    ['kid_malformed', {}, { kid: 5 }],
    ['kid_malformed', {}, { kid: '' }],
    ['kid_malformed', {}, { kid: 'a b' }],
    ['kid_malformed', {}, { kid: 'k'.repeat(129) }],
    ['kid_unknown', {}, { kid: 'k'.repeat(128) }],
    ['typ_not_access_token', {}, { typ: 'dpop+jwt' }],
    ['typ_not_access_token', {}, { typ: 'xat+jwt' }],
    ['typ_not_access_token', {}, { typ: ['at+jwt'] }],
    ['iss_not_accepted', { iss: 'https://evil.example' }, {}],
    ['iss_not_accepted', { iss: null }, {}],
    ['aud_malformed', { aud: [AUDIENCE, ''] }, {}],
    ['aud_malformed', { aud: [AUDIENCE, 7] }, {}],
    ['aud_malformed', { aud: [AUDIENCE, [['other']]] }, {}],
    ['identifier_malformed', { sub: 'a\u0000b' }, {}],
    ['identifier_malformed', { client_id: '' }, {}],
    ['identifier_malformed', { jti: 7 }, {}],
    ['identifier_malformed', { sub: 'a'.repeat(256) }, {}],
    ['ERR_JWT_CLAIM_VALIDATION_FAILED_sub', { sub: null }, {}],
    ['ERR_JWT_CLAIM_VALIDATION_FAILED_iat', { iat: '1' }, {}],
    ['ERR_JWT_CLAIM_VALIDATION_FAILED_exp', { exp: '9' }, {}],
    ['ERR_JWT_EXPIRED_exp', { iat: 1, exp: 2 }, {}],
    ['exp_before_iat', { iat: NOW + 3, exp: NOW + 2 }, {}],
    ['exp_before_iat', { iat: NOW + 2, exp: NOW + 2 }, {}],
    ['lifetime_too_long', { iat: NOW, exp: NOW + DAY + 1 }, {}],
    ['bound_to_a_key', { cnf: { jkt: 'x' } }, {}],
  ])('refused (%#): %s', async (detail, claims, header) => {
    await expect(verifier().verify(token(claims, header))).rejects.toMatchObject({
      code: 'invalid_token',
      detail,
    })
  })

  test.each<[string, Members, Members]>([
    ['a lifetime of a day', { iat: NOW, exp: NOW + DAY }, {}],
    ['a subject of 255 characters', { sub: 'a'.repeat(255) }, {}],
    ['a type in full', {}, { typ: 'application/AT+JWT' }],
    ['claims of another kind, where the type says that it is an access token', { nonce: 'x' }, {}],
    ['an organization that is no name', { oid: 7 }, {}],
  ])('accepted: %s', async (_what, claims, header) => {
    const caller = await verifier().verify(token(claims, header))
    expect(caller.organizationId).toBeUndefined()
    expect(caller.expiresAt).toBeGreaterThan(NOW)
  })

  test.each(['s_hash', 'htu', 'htm', 'nonce'])(
    'of type JWT, a token with %s is of another kind',
    async (claim) => {
      const compatible = verifier({ profile: 'scalekit-compat' })
      const other = token({ [claim]: 'x' }, { typ: 'JWT' })
      await expect(compatible.verify(other)).rejects.toMatchObject({ detail: 'not_an_access_token' })
      await expect(compatible.verify(token({}, { typ: 'logout+jwt' }))).rejects.toMatchObject({
        detail: 'typ_not_access_token',
      })
      await expect(compatible.verify(token({ [claim]: 'x' }))).resolves.toBeDefined()
    },
  )

  test.each([
    ['not_compact_jws', (one: string) => `${one}.x`],
    ['not_compact_jws', (one: string) => `x${one.slice(one.indexOf('.'))}.`],
    ['not_compact_jws', (one: string) => ` ${one}`],
    ['not_compact_jws', (one: string) => `${one}\n`],
    ['token_too_long', (one: string) => one + 'A'.repeat(8193 - one.length)],
    ['not_utf8', (one: string) => replaced(one, 1, Buffer.from([0x7b, 0xff, 0x7d]))],
    ['not_utf8', (one: string) => replaced(one, 0, Buffer.from([0xc3, 0x28]))],
    ['json_syntax', (one: string) => replaced(one, 1, Buffer.from('\ufeff{}'))],
    ['json_syntax', (one: string) => replaced(one, 0, Buffer.from('{'))],
    ['json_duplicate_member', (one: string) => replaced(one, 1, Buffer.from('{"sub":"a","s\\u0075b":"b"}'))],
    ['json_too_deep', (one: string) => replaced(one, 1, Buffer.from(`${'['.repeat(33)}${']'.repeat(33)}`))],
    ['not_a_json_object', (one: string) => replaced(one, 1, Buffer.from('[]'))],
    ['not_a_json_object', (one: string) => replaced(one, 1, Buffer.from('null'))],
    ['not_a_json_object', (one: string) => replaced(one, 0, Buffer.from('"at+jwt"'))],
  ])('the form (%#): %s', async (detail, spoil) => {
    await expect(verifier().verify(spoil(token()))).rejects.toMatchObject({ code: 'invalid_token', detail })
  })

  test('a token of 8192 characters is read', async () => {
    const room = Math.floor(((8192 - token().length) * 3) / 4)
    const lengths = Array.from({ length: 60 }, (_, less) => 'x'.repeat(room - less))
    const tokens = ['', 'y', 'yy'].flatMap((y) => lengths.map((x) => token({ x }, { y })))
    const fitting = tokens.find(({ length }) => length === 8192)
    expect(fitting).toBeDefined()
    await expect(verifier().verify(fitting ?? '')).resolves.toBeDefined()
  })

  test('scopes are names as of RFC 6749; a claim of another form grants nothing', async () => {
    const granted = async (claims: Members) => [...(await verifier().verify(token(claims))).scopes]
    expect(await granted({ scope: 'a "b c\\d é' })).toEqual(['a'])
    expect(await granted({ scopes: ['a', 7, 'b c', null, ''] })).toEqual(['a'])
    expect(await granted({ scope: ['a'] })).toEqual([])
    expect(await granted({ scopes: 'a' })).toEqual([])
    expect(await granted({ scopes: { 0: 'a', length: 1 }, scope: 'a' })).toEqual([])
    expect(await granted({ scope: 'constructor a' })).toEqual(['constructor', 'a'])
    expect(await granted({})).toEqual([])
  })

  test.each([AUDIENCE, 'https://mcp.example.com/?a=1'])(
    'an audience with a path or a query is itself alone: %s',
    async (audience) => {
      const asked = verifier({ audience })
      await expect(asked.verify(token({ aud: audience }))).resolves.toBeDefined()
      for (const aud of ['https://mcp.example.com', 'https://mcp.example.com/']) {
        await expect(asked.verify(token({ aud }))).rejects.toMatchObject({
          detail: 'ERR_JWT_CLAIM_VALIDATION_FAILED_aud',
        })
      }
    },
  )

  test.each([
    ['https://mcp.example.com/mcp/', 'https://mcp.example.com/mcp/'],
    ['https://mcp.example.com', 'https://mcp.example.com'],
    [['skc_1', 'http://localhost:3002/'], 'skc_1, http://localhost:3002/'],
    [null, 'missing'],
    ['a b', 'neither a URL nor an id'],
    ['https://mcp.example.com/?token=x', 'neither a URL nor an id'],
    [`https://mcp.example.com/${'A1b2'.repeat(12)}`, 'https://mcp.example.com/[redacted]'],
    [`https://eyJhbGciOiJ9.eyJzdWIiOiJ1In0.c2ln/mcp`, 'https://[redacted]/mcp'],
    ['A1b2'.repeat(12), '[redacted]'],
  ])('the log has the audience of a token for another server: %j', async (aud, shown) => {
    await expect(verifier().verify(token({ aud }))).rejects.toMatchObject({
      detail: 'ERR_JWT_CLAIM_VALIDATION_FAILED_aud',
      explanation: `The audience of the token is ${shown}, and this server accepts ${AUDIENCE}.`,
      message: expect.not.stringContaining('mcp'),
    })
  })

  test('the log has the issuer of a token of another one, such as one with a slash at the end', async () => {
    const iss = `${authority.issuer}/`
    await expect(verifier().verify(token({ iss }))).rejects.toMatchObject({
      detail: 'iss_not_accepted',
      explanation: `The issuer of the token is ${iss}, and this server accepts ${authority.issuer}.`,
    })
  })

  test('counts what it checked and what it remembered', async () => {
    const counting = verifier()
    const one = token()
    await counting.verify(one)
    await counting.verify(one)
    await counting.verify(one)
    await counting.verify(token())
    expect(counting.counts()).toEqual({ remembered: 2, verified: 2 })
  })

  test.each(['RS384', 'PS512', 'ES256', 'EdDSA', 'Ed25519'])('may be made for %s', (algorithm) => {
    expect(() => verifier({ algorithms: [algorithm] })).not.toThrow()
  })

  test.each([
    [{ algorithms: ['xRS256'] }, 'asymmetric JWS algorithms'],
    [{ algorithms: ['RS2567'] }, 'asymmetric JWS algorithms'],
    [{ algorithms: ['RS256', 'HS256'] }, 'asymmetric JWS algorithms'],
    [{ issuers: [] }, 'at least one issuer'],
    [{ issuers: ['https://auth.example.com', 'http://auth.example.com'] }, 'An issuer'],
    [{ jwksUrl: 'ftp://auth.example.com/keys' }, 'jwksUrl'],
    [{ jwksUrl: 'https://user@auth.example.com/keys' }, 'jwksUrl'],
  ])('is not made with %j', (options, message) => {
    expect(() => verifier(options)).toThrow(message)
  })
})

test('every reason for which a token is refused is in the table of the reference', () => {
  const folder = new URL('../src/', import.meta.url)
  const sources = readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(new URL(file, folder), 'utf8'))
  const thrown = sources.flatMap((text) =>
    [...text.matchAll(/invalidToken\('(\w+)'/g)].map(([, name = '']) => name),
  )
  expect(thrown.length).toBeGreaterThan(15)
  expect(thrown.filter((name) => !Object.hasOwn(TOKEN_RULES, name))).toEqual([])
  const reference = readFileSync(new URL('../../../docs/reference/errors.md', import.meta.url), 'utf8')
  for (const name of Object.keys(TOKEN_RULES)) expect(reference).toContain(`| \`${name}\` |`)
})

/** The token with one of its parts replaced. */
function replaced(token: string, part: number, bytes: Buffer): string {
  return token
    .split('.')
    .map((each, index) => (index === part ? bytes.toString('base64url') : each))
    .join('.')
}
