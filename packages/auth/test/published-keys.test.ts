import { generateKeyPairSync } from 'node:crypto'
import { createTokenVerifier, type TokenVerifier, type TokenVerifierOptions } from '@scalekit-mcp/auth'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Authority, ecKey, mint, newKey, rsaKey, startAuthority } from './authority.js'

const AUDIENCE = 'https://mcp.example.com/mcp'
const publicJwk = (key = rsaKey) => key.publicKey.export({ format: 'jwk' })

/** Which of the keys that an issuer publishes count, and how they are found. */
describe('published keys', () => {
  let authority: Authority
  const open: TokenVerifier[] = []

  const verifier = (options: Partial<TokenVerifierOptions> = {}) => {
    const made = createTokenVerifier({ issuers: [authority.issuer], audience: AUDIENCE, ...options })
    open.push(made)
    return made
  }
  const token = (kid: string | null = rsaKey.kid) =>
    mint(rsaKey, { iss: authority.issuer, aud: AUDIENCE }, { kid })
  const publish = (...keys: unknown[]) => {
    authority.behaviour.keySetBody = JSON.stringify({ keys })
  }

  beforeEach(async () => {
    authority = await startAuthority()
  })
  afterEach(async () => {
    for (const made of open.splice(0)) made.close()
    await authority.close()
  })

  test.each([
    ['for encryption', () => ({ ...publicJwk(), use: 'enc' })],
    ['for another algorithm', () => ({ ...publicJwk(), alg: 'PS256' })],
    ['private', () => rsaKey.privateKey.export({ format: 'jwk' })],
    ['symmetric', () => ({ kty: 'oct', k: 'c2VjcmV0' })],
    ['of both kinds', () => ({ ...publicJwk(), k: 'c2VjcmV0' })],
    ['of no kind', () => ({ ...publicJwk(), kty: undefined })],
  ])('a key does not count that is %s', async (_what, jwk) => {
    publish({ ...jwk(), kid: rsaKey.kid }, null, 'x', { ...publicJwk(ecKey), kid: ecKey.kid })
    await expect(verifier().verify(token())).rejects.toMatchObject({ detail: 'kid_unknown' })
    await expect(
      verifier().verify(mint(ecKey, { iss: authority.issuer, aud: AUDIENCE })),
    ).resolves.toBeDefined()
  })

  test.each([{}, { use: 'sig' }, { alg: 'RS256' }, { use: 'sig', alg: 'RS256', x5t: 'x' }])(
    'a key counts with %j',
    async (members) => {
      publish({ ...publicJwk(), kid: rsaKey.kid, ...members })
      await expect(verifier().verify(token())).resolves.toBeDefined()
      await expect(verifier().verify(token(null))).resolves.toBeDefined()
    },
  )

  test('Ed25519 counts where it is listed', async () => {
    const pair = generateKeyPairSync('ed25519')
    publish({ ...pair.publicKey.export({ format: 'jwk' }), kid: 'ed-1' })
    const { SignJWT } = await import('jose')
    const signed = await new SignJWT({ client_id: 'skc_1' })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'ed-1' })
      .setIssuer(authority.issuer)
      .setAudience(AUDIENCE)
      .setSubject('usr_1')
      .setIssuedAt()
      .setExpirationTime('5m')
      .setJti('1')
      .sign(pair.privateKey)
    await expect(verifier({ algorithms: ['EdDSA'] }).verify(signed)).resolves.toBeDefined()
    await expect(verifier().verify(signed)).rejects.toMatchObject({ detail: 'alg_not_allowed' })
  })

  test('a token without kid is checked against the one key, and a set without keys has none', async () => {
    publish({ ...publicJwk() })
    await expect(verifier().verify(token(null))).resolves.toBeDefined()
    await expect(verifier().verify(token())).rejects.toMatchObject({ detail: 'kid_unknown' })
    publish()
    await expect(verifier().verify(token(null))).rejects.toMatchObject({
      detail: 'ERR_JWKS_NO_MATCHING_KEY',
    })
  })

  test('a key that the token was not signed with refuses it', async () => {
    publish({ ...publicJwk(newKey('other', 'RS256')), kid: rsaKey.kid })
    await expect(verifier().verify(token())).rejects.toMatchObject({
      detail: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    })
  })

  test.each([
    '/.well-known/oauth-authorization-server',
    '/.well-known/oauth-authorization-server/env_1',
    '/.well-known/openid-configuration/env_1',
    '/env_1/.well-known/openid-configuration',
  ])('are found through the metadata at %s', async (path) => {
    const issuer = `${authority.issuer}${path.includes('env_1') ? '/env_1' : ''}`
    Object.assign(authority.behaviour, { metadataPath: path, metadataIssuer: issuer })
    const found = verifier({ issuers: [issuer] })
    await expect(found.verify(mint(rsaKey, { iss: issuer, aud: AUDIENCE }))).resolves.toBeDefined()
    expect(authority.keySetReads()).toBe(1)
  })

  test('of an issuer that ends in a slash are found', async () => {
    const issuer = `${authority.issuer}/env_1/`
    Object.assign(authority.behaviour, {
      metadataPath: '/env_1/.well-known/openid-configuration',
      metadataIssuer: issuer,
    })
    await expect(verifier({ issuers: [issuer] }).ready()).resolves.toBeUndefined()
  })

  test.each([
    [
      'metadata of another issuer',
      { metadataIssuer: 'https://evil.example' },
      'the issuer is "https://evil.example" there, and "http',
    ],
    ['no address of the keys', { jwksUri: 7 }, 'names no jwks_uri'],
    ['keys in clear on a public host', { jwksUri: 'http://auth.example.com/keys' }, 'The jwks_uri must be'],
    ['no metadata', { metadataPath: '/nowhere' }, 'answered 404'],
  ])('%s: 503, and the log says why', async (_what, behaviour, reason) => {
    Object.assign(authority.behaviour, behaviour)
    const warnings: unknown[][] = []
    const lost = verifier({ onWarning: (...warning) => warnings.push(warning) })
    const error: unknown = await lost.ready().catch((cause: unknown) => cause)
    expect(error).toMatchObject({ code: 'temporarily_unavailable', detail: 'no_key_set', retryAfter: 5 })
    const [[message, cause] = []] = warnings
    expect(message).toContain('The key set could not be read')
    expect(cause).toBe(Object(error).cause)
    expect(String(cause)).toContain('The metadata of the issuer could not be read: ')
    expect(String(cause)).toContain(reason)
    expect(authority.keySetReads()).toBe(0)
  })

  test.each([
    [{ keySetStatus: 404 }, 'answered 404'],
    [{ keySetStatus: 302 }, 'answered with a redirect'],
    [{ keySetBody: '<html>' }, 'not JSON'],
    [{ keySetBody: 'null' }, 'has no keys member'],
    [{ keySetBody: '{"keys":{}}' }, 'has no keys member'],
    [{ keySetBody: JSON.stringify({ keys: [], pad: 'x'.repeat(262_127) }) }, 'more than 256 KiB'],
  ])('a set that cannot be read is none (%#)', async (behaviour, reason) => {
    Object.assign(authority.behaviour, behaviour)
    const warnings: unknown[] = []
    const lost = verifier({
      jwksUrl: authority.jwksUrl,
      onWarning: (_message, cause) => warnings.push(cause),
    })
    await expect(lost.ready()).rejects.toMatchObject({ code: 'temporarily_unavailable' })
    expect(String(warnings)).toContain(reason)
  })

  test('a set of 256 KiB is read', async () => {
    const document = { keys: [{ ...publicJwk(), kid: rsaKey.kid }], pad: '' }
    const room = 256 * 1024 - JSON.stringify(document).length
    authority.behaviour.keySetBody = JSON.stringify({ ...document, pad: 'x'.repeat(room) })
    await expect(verifier({ jwksUrl: authority.jwksUrl }).verify(token())).resolves.toBeDefined()
  })

  test('a closed verifier asks for nothing', async () => {
    const closed = verifier()
    closed.close()
    await expect(closed.verify(token())).rejects.toMatchObject({ code: 'temporarily_unavailable' })
    expect([authority.metadataReads(), authority.keySetReads()]).toEqual([0, 0])
  })
})
