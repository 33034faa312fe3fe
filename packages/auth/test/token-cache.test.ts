import { createTokenVerifier, type TokenVerifier } from '@scalekit-mcp/auth'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'

const AUDIENCE = 'https://mcp.example.com/mcp'

/** A cached caller is the same object; a token that is verified anew gives another one. */
describe('verified tokens', () => {
  let authority: Authority
  let verifier: TokenVerifier

  const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)
  const token = (claims = {}) => mint(rsaKey, { iss: authority.issuer, aud: AUDIENCE, ...claims })

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    authority = await startAuthority()
    verifier = createTokenVerifier({ issuers: [authority.issuer], audience: AUDIENCE })
  })

  afterEach(async () => {
    verifier.close()
    await authority.close()
    vi.useRealTimers()
  })

  test('are remembered for a minute', async () => {
    const one = token()
    const caller = await verifier.verify(one)
    later(59)
    expect(await verifier.verify(one)).toBe(caller)
    later(1)
    expect(await verifier.verify(one)).not.toBe(caller)
  })

  test('are forgotten when they expire', async () => {
    const short = token({ exp: Math.floor(Date.now() / 1000) + 10 })
    await verifier.verify(short)
    later(16)
    await expect(verifier.verify(short)).rejects.toMatchObject({
      code: 'invalid_token',
      detail: 'ERR_JWT_EXPIRED_exp',
    })
  })

  test('are verified once for requests at the same time', async () => {
    const one = token()
    const callers = await Promise.all(Array.from({ length: 20 }, () => verifier.verify(one)))
    expect(new Set(callers).size).toBe(1)
  })

  test('are told apart by the whole token: with another signature they are not found', async () => {
    const [header, payload] = token({ jti: 'tkn_1' }).split('.')
    const one = token({ jti: 'tkn_1' })
    await verifier.verify(one)
    const forged = `${header}.${payload}.${one.split('.')[2]}`
    if (forged !== one) await expect(verifier.verify(forged)).rejects.toMatchObject({ code: 'invalid_token' })
    const flipped = one.replace(
      /\.(.)([^.]+)$/,
      (_all, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`,
    )
    await expect(verifier.verify(flipped)).rejects.toMatchObject({ code: 'invalid_token' })
  })

  test('refusals are not remembered', async () => {
    const early = token({ nbf: Math.floor(Date.now() / 1000) + 30 })
    await expect(verifier.verify(early)).rejects.toMatchObject({
      detail: 'ERR_JWT_CLAIM_VALIDATION_FAILED_nbf',
    })
    later(30)
    await expect(verifier.verify(early)).resolves.toBeDefined()
  })
})
