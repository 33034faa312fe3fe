import { createTokenVerifier, type TokenVerifier, type TokenVerifierOptions } from '@scalekit-mcp/auth'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { measure } from '../../../test/harness/measure.js'
import { type Authority, ecKey, mint, newKey, rsaKey, startAuthority } from './authority.js'

const AUDIENCE = 'https://mcp.example.com/mcp'

describe('createTokenVerifier', () => {
  let authority: Authority
  const open: TokenVerifier[] = []

  const verifier = (options: Partial<TokenVerifierOptions> = {}) => {
    const made = createTokenVerifier({ issuers: [authority.issuer], audience: AUDIENCE, ...options })
    open.push(made)
    return made
  }
  const token = (claims = {}, header = {}) =>
    mint(rsaKey, { iss: authority.issuer, aud: AUDIENCE, ...claims }, header)

  beforeAll(async () => {
    authority = await startAuthority()
  })
  afterAll(async () => {
    for (const made of open) made.close()
    await authority.close()
  })

  test('gives the caller: who, through which client, with which scopes', async () => {
    const given = {
      aud: [AUDIENCE, 'res_1'],
      scope: 'org:read env:read',
      jti: 'tkn_1',
      oid: 'org_1',
      custom: { a: 1 },
    }
    const one = token(given)
    const caller = await verifier({
      claims: { organization: 'oid' },
      scopeAliases: { 'org:read': 'organization:read' },
    }).verify(one)
    expect(caller).toMatchObject({
      issuer: authority.issuer,
      subject: 'usr_1',
      clientId: 'skc_1',
      audience: [AUDIENCE, 'res_1'],
      tokenId: 'tkn_1',
      organizationId: 'org_1',
      claims: { custom: { a: 1 } },
    })
    expect([...caller.scopes]).toEqual(['organization:read', 'env:read'])
    expect(caller.token.reveal()).toBe(one)
    expect(JSON.stringify(caller)).not.toContain(one)
  })

  test('where scope and scopes are both there, what both grant counts', async () => {
    const caller = await verifier().verify(token({ scope: 'a b c', scopes: ['b', 'c', 'd'] }))
    expect([...caller.scopes]).toEqual(['b', 'c'])
  })

  test('takes one spelling of a token only (RFC 4648 section 3.5)', async () => {
    const valid = token()
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const respelled = valid.slice(0, -1) + alphabet[alphabet.indexOf(valid.slice(-1)) + 1]
    expect(Buffer.from(respelled.split('.')[2] ?? '', 'base64url')).toEqual(
      Buffer.from(valid.split('.')[2] ?? '', 'base64url'),
    )
    await expect(verifier().verify(respelled)).rejects.toMatchObject({ detail: 'base64url_not_canonical' })
    await expect(verifier().verify(valid)).resolves.toBeDefined()
  })

  test('accepts each of several issuers, and no other', async () => {
    const both = verifier({ issuers: [authority.issuer, `${authority.issuer}/resources/res_1`] })
    await expect(both.verify(token({ iss: `${authority.issuer}/resources/res_1` }))).resolves.toBeDefined()
    await expect(both.verify(token({ iss: `${authority.issuer}/resources/res_2` }))).rejects.toMatchObject({
      status: 401,
    })
  })

  test('takes a root audience with and without the slash (RFC 3986 section 6.2.3), no other path', async () => {
    const root = verifier({ audience: 'https://mcp.example.com' })
    await expect(root.verify(token({ aud: 'https://mcp.example.com/' }))).resolves.toBeDefined()
    await expect(root.verify(token({ aud: 'https://mcp.example.com' }))).resolves.toBeDefined()
    await expect(root.verify(token())).rejects.toMatchObject({ status: 401 })
  })

  test('strict accepts RFC 9068 tokens only, scalekit-compat also typ JWT, and none accepts no typ', async () => {
    const compatible = verifier({ profile: 'scalekit-compat' })
    const refused = { code: 'invalid_token', detail: 'typ_not_access_token' }
    for (const typ of ['JWT', 'jwt']) {
      await expect(verifier().verify(token({}, { typ }))).rejects.toMatchObject(refused)
      await expect(compatible.verify(token({}, { typ }))).resolves.toBeDefined()
    }
    // RFC 8725 section 3.11
    for (const typ of [null, '', 'application/jwt', ['JWT'], 'JWT;x=1']) {
      await expect(verifier().verify(token({}, { typ }))).rejects.toMatchObject(refused)
      await expect(compatible.verify(token({}, { typ }))).rejects.toMatchObject(refused)
    }
  })

  test.each([
    ['oid where the tokens are those of Scalekit', { profile: 'scalekit-compat' }, 'org_1'],
    ['the claim that is named', { claims: { organization: 'tenant' } }, 'acme'],
    [
      'the claim that is named, for tokens of Scalekit too',
      { profile: 'scalekit-compat', claims: { organization: 'tenant' } },
      'acme',
    ],
    ['none where no claim is named: oid is the user in Entra', {}, undefined],
    ['none where the token has no such claim', { claims: { organization: 'toString' } }, undefined],
    ['none where the claim is not a name', { claims: { organization: 'aud' } }, undefined],
  ] as const)('the organization of the caller is %s', async (_what, options, organizationId) => {
    const one = token({ oid: 'org_1', tenant: 'acme', aud: [AUDIENCE] })
    const caller = await verifier(options).verify(one)
    expect(caller.organizationId).toBe(organizationId)
  })

  test.each(['nonce', 'at_hash', 'c_hash', 'events', 'htm'])(
    'scalekit-compat takes no other kind of JWT: %s',
    async (claim) => {
      const other = token({ [claim]: 'x' }, { typ: 'JWT' })
      await expect(verifier({ profile: 'scalekit-compat' }).verify(other)).rejects.toMatchObject({
        detail: 'not_an_access_token',
      })
    },
  )

  test('takes the algorithms that are listed', async () => {
    const es256 = mint(ecKey, { iss: authority.issuer, aud: AUDIENCE })
    await expect(verifier().verify(es256)).resolves.toBeDefined()
    await expect(verifier({ algorithms: ['RS256'] }).verify(es256)).rejects.toMatchObject({
      detail: 'alg_not_allowed',
    })
  })

  test('refuses a key that is too small for RS256 (RFC 7518 section 3.3), even when published', async () => {
    const { generateKeyPairSync } = await import('node:crypto')
    const small = { ...rsaKey, kid: 'small', ...generateKeyPairSync('rsa', { modulusLength: 1024 }) }
    authority.behaviour.keys.push(small)
    await expect(
      verifier().verify(mint(small, { iss: authority.issuer, aud: AUDIENCE })),
    ).rejects.toMatchObject({ detail: 'verification_failed' })
    authority.behaviour.keys.pop()
  })

  test.each([
    ['no issuer', { issuers: [] }],
    ['an issuer that is no URL', { issuers: ['scalekit'] }],
    ['an issuer in clear on a public host', { issuers: ['http://auth.example.com'] }],
    ['keys in clear on a public host', { jwksUrl: 'http://auth.example.com/keys' }],
    ['a symmetric algorithm', { algorithms: ['HS256'] }],
    ['no signature', { algorithms: ['none'] }],
    ['no algorithm', { algorithms: [] }],
  ])('is not made with %s', (_name, options) => {
    expect(() => verifier(options)).toThrow(TypeError)
  })

  test('no mutation of a valid token is accepted (10,000 of them)', async () => {
    const strict = verifier()
    const valid = token({ scope: 'env:read' })
    const characters = fc.constantFrom(...'ABCxyz019-_.= ')
    const mutation = fc.oneof(
      fc
        .tuple(fc.nat(valid.length - 1), characters)
        .map(([at, c]) => valid.slice(0, at) + c + valid.slice(at + 1)),
      fc.tuple(fc.nat(valid.length), characters).map(([at, c]) => valid.slice(0, at) + c + valid.slice(at)),
      fc.nat(valid.length - 1).map((length) => valid.slice(0, length)),
      fc
        .tuple(fc.nat(valid.length - 1), fc.nat(valid.length - 1))
        .map(([a, b]) => valid.slice(a) + valid.slice(0, b)),
      fc.tuple(fc.constantFrom('sub', 'exp', 'aud', 'scope'), fc.jsonValue()).map(([name, value]) => {
        const [header, payload = '', signature] = valid.split('.')
        const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
        const edited = Buffer.from(JSON.stringify({ ...claims, [name]: value })).toString('base64url')
        return `${header}.${edited}.${signature}`
      }),
      fc.dictionary(fc.constantFrom('alg', 'kid', 'jwk', 'crit', 'x5c'), fc.jsonValue()).map((members) => {
        const [header = '', payload, signature] = valid.split('.')
        const edited = { ...JSON.parse(Buffer.from(header, 'base64url').toString()), ...members }
        return `${Buffer.from(JSON.stringify(edited)).toString('base64url')}.${payload}.${signature}`
      }),
    )
    let accepted = 0
    let refused = 0
    await fc.assert(
      fc.asyncProperty(mutation, async (mutated) => {
        fc.pre(mutated !== valid)
        const error = await strict.verify(mutated).then(
          () => undefined,
          (reason) => reason,
        )
        if (error === undefined) accepted++
        else refused++
        expect(error).toMatchObject({ code: 'invalid_token' })
      }),
      { numRuns: 10_000 },
    )
    await expect(strict.verify(valid)).resolves.toBeDefined()
    measure('A4', `${accepted} of ${accepted + refused}`)
  })

  test('tolerates clocks that differ by 5 seconds, and not by 10', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const now = Math.floor(Date.now() / 1000)
    const skewed = (seconds: number) => [
      { iat: now - 300, exp: now - seconds },
      { iat: now + seconds, exp: now + 300 },
      { nbf: now + seconds },
    ]
    const decide = (claims: object) =>
      verifier()
        .verify(token({ ...claims }))
        .then(
          () => 'accepted',
          ({ code }) => code,
        )
    const near = await Promise.all(skewed(4).map(decide))
    const far = await Promise.all(skewed(10).map(decide))
    expect(near).toEqual(near.map(() => 'accepted'))
    expect(far).toEqual(far.map(() => 'invalid_token'))
    const wrong = [
      ...near.filter((each) => each !== 'accepted'),
      ...far.filter((each) => each === 'accepted'),
    ]
    measure('D20', `${wrong.length} of ${near.length + far.length}`)
  })

  test('a key of another issuer with the same kid does not verify', async () => {
    const impostor = newKey(rsaKey.kid, 'RS256')
    await expect(
      verifier().verify(mint(impostor, { iss: authority.issuer, aud: AUDIENCE })),
    ).rejects.toMatchObject({
      detail: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    })
  })
})
