import { createTokenVerifier, Secret, type TokenVerifier } from '@scalekit-mcp/auth'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { measure } from '../../../test/harness/measure.js'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'

const AUDIENCE = 'https://mcp.example.com/mcp'

describe('revocation (RFC 7662)', () => {
  let authority: Authority
  let verifier: TokenVerifier
  let warnings: unknown[][]

  const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)
  const token = (claims = {}) => mint(rsaKey, { iss: authority.issuer, aud: AUDIENCE, ...claims })

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    authority = await startAuthority()
    warnings = []
    verifier = createTokenVerifier({
      issuers: [authority.issuer],
      audience: AUDIENCE,
      revocation: {
        introspectionUrl: authority.introspectionUrl,
        clientId: 'skc:1',
        clientSecret: new Secret('a secret/with+signs'),
      },
      onWarning: (...warning) => warnings.push(warning),
    })
  })

  afterEach(async () => {
    verifier.close()
    await authority.close()
    vi.useRealTimers()
  })

  test('is asked with the client authenticated (RFC 6749 section 2.3.1)', async () => {
    const one = token()
    await verifier.verify(one)
    const basic = Buffer.from('skc%3A1:a+secret%2Fwith%2Bsigns').toString('base64')
    expect(authority.introspections).toEqual([{ authorization: `Basic ${basic}`, token: one }])
  })

  test('is asked once for requests at the same time, and again after 4 seconds', async () => {
    const one = token()
    await Promise.all(Array.from({ length: 20 }, () => verifier.verify(one)))
    later(3)
    await verifier.verify(one)
    expect(authority.introspections).toHaveLength(1)
    later(1)
    await verifier.verify(one)
    expect(authority.introspections).toHaveLength(2)
  })

  test('refuses a revoked token within 5 seconds, from the cache too, and for good', async () => {
    const one = token()
    await verifier.verify(one)
    authority.revoked.add(one)
    later(5)
    const refused = { code: 'invalid_token', detail: 'revoked' }
    await expect(verifier.verify(one)).rejects.toMatchObject(refused)
    authority.revoked.clear()
    later(60)
    await expect(verifier.verify(one)).rejects.toMatchObject(refused)
    expect(authority.introspections).toHaveLength(2)
    measure('A5', '5')
  })

  test('refuses a revoked token under another signature: it goes by issuer and jti', async () => {
    const one = token({ jti: 'tkn_1' })
    authority.revoked.add(one)
    await expect(verifier.verify(one)).rejects.toMatchObject({ detail: 'revoked' })
    const reissued = token({ jti: 'tkn_1', exp: Math.floor(Date.now() / 1000) + 200 })
    await expect(verifier.verify(reissued)).rejects.toMatchObject({ detail: 'revoked' })
  })

  test('is not asked about tokens that are refused already', async () => {
    await expect(verifier.verify(token({ aud: 'https://other.example' }))).rejects.toMatchObject({
      status: 401,
    })
    expect(authority.introspections).toHaveLength(0)
  })

  test('out of reach keeps tokens working, with a warning that holds no token', async () => {
    authority.behaviour.introspectionStatus = 503
    const [one, other] = [token(), token()]
    await expect(verifier.verify(one)).resolves.toBeDefined()
    await expect(verifier.verify(other)).resolves.toBeDefined()
    expect(warnings).toHaveLength(1)
    expect(String(warnings)).not.toContain(one)

    authority.behaviour.introspectionStatus = 200
    authority.revoked.add(one)
    later(4)
    await expect(verifier.verify(one)).rejects.toMatchObject({ detail: 'revoked' })
  })

  test('a token revoked before the outage stays refused through it', async () => {
    const one = token()
    authority.revoked.add(one)
    await expect(verifier.verify(one)).rejects.toMatchObject({ detail: 'revoked' })
    authority.behaviour.introspectionStatus = 503
    later(10)
    await expect(verifier.verify(one)).rejects.toMatchObject({ detail: 'revoked' })
  })
})
