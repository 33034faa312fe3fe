import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createTokenVerifier, type TokenVerifier } from '@scalekit-mcp/auth'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { measure } from '../../../test/harness/measure.js'
import { type Authority, mint, newKey, rsaKey, startAuthority } from './authority.js'

const AUDIENCE = 'https://mcp.example.com/mcp'
const newerKey = newKey('rsa-2', 'RS256')

/** Keys over HTTP from a real endpoint; only the clock is ours. */
describe('the key set', () => {
  let authority: Authority
  let verifier: TokenVerifier
  let warnings: string[]

  const token = (key = rsaKey) => mint(key, { iss: authority.issuer, aud: AUDIENCE })
  const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    authority = await startAuthority()
    warnings = []
    verifier = createTokenVerifier({
      issuers: [authority.issuer],
      audience: AUDIENCE,
      onWarning: (message) => warnings.push(message),
    })
  })

  afterEach(async () => {
    verifier.close()
    await authority.close()
    vi.useRealTimers()
  })

  test('is found through the metadata of the issuer (RFC 8414)', async () => {
    await expect(verifier.verify(token())).resolves.toMatchObject({ subject: 'usr_1', clientId: 'skc_1' })
    expect(authority.keySetReads()).toBe(1)
  })

  test('is not taken from metadata that names another issuer (RFC 8414 section 3.3)', async () => {
    authority.behaviour.metadataIssuer = 'https://evil.example'
    await expect(verifier.ready()).rejects.toMatchObject({ code: 'temporarily_unavailable' })
    expect(authority.keySetReads()).toBe(0)
  })

  test('is read once for many requests at the same time', async () => {
    await Promise.all(Array.from({ length: 50 }, () => verifier.verify(token())))
    expect(authority.keySetReads()).toBe(1)
  })

  test('out of reach: a token that needs no key to be refused is 401', async () => {
    authority.behaviour.keySetStatus = 500
    const other = mint(rsaKey, { iss: 'https://evil.example', aud: AUDIENCE })
    for (const refused of ['invalid-token', other]) {
      await expect(verifier.verify(refused)).rejects.toMatchObject({ code: 'invalid_token', status: 401 })
    }
    expect(authority.keySetReads()).toBe(0)
  })

  test('is given up while the issuer hangs, whatever the garbage collector takes', async () => {
    const hanging = createServer(() => undefined).listen(0, '127.0.0.1')
    await once(hanging, 'listening')
    const issuer = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}`
    const waiting = createTokenVerifier({ issuers: [issuer], audience: AUDIENCE })
    setFlagsFromString('--expose-gc')
    const collect: () => void = runInNewContext('gc')
    const collecting = setInterval(collect, 100)
    await expect(waiting.ready()).rejects.toMatchObject({ code: 'temporarily_unavailable' })
    clearInterval(collecting)
    waiting.close()
    hanging.close()
    hanging.closeAllConnections()
  })

  test('out of reach at the start is 503, never 401, and is asked again after a second', async () => {
    authority.behaviour.keySetStatus = 500
    const refused = { code: 'temporarily_unavailable', status: 503, retryAfter: 5 }
    const outcomes = [
      await verifier.verify(token()).catch((error) => error),
      await verifier.verify(token()).catch((error) => error),
    ]
    for (const outcome of outcomes) expect(outcome).toMatchObject(refused)
    expect(authority.keySetReads()).toBe(1)

    authority.behaviour.keySetStatus = 200
    later(1)
    await expect(verifier.ready()).resolves.toBeUndefined()
    await expect(verifier.verify(token())).resolves.toBeDefined()
    measure('D10', `${outcomes.filter(({ status }) => status !== 503).length} of ${outcomes.length}`)
  })

  test('is read again every five minutes, so that a withdrawn key is refused, cached tokens included', async () => {
    const old = mint(rsaKey, {
      iss: authority.issuer,
      aud: AUDIENCE,
      exp: Math.floor(Date.now() / 1000) + 3600,
    })
    await verifier.verify(old)
    const withdrawn = Date.now()
    authority.behaviour.keys = [newerKey]
    later(299)
    await expect(verifier.verify(old)).resolves.toBeDefined()
    later(2)
    await expect(verifier.verify(old)).rejects.toMatchObject({ code: 'invalid_token', detail: 'kid_unknown' })
    const seconds = Math.round((Date.now() - withdrawn) / 1000)
    await expect(verifier.verify(token(newerKey))).resolves.toBeDefined()
    measure('D12', `${seconds}`)
  })

  test('a token from the cache is verified again once the keys have changed', async () => {
    const old = mint(rsaKey, {
      iss: authority.issuer,
      aud: AUDIENCE,
      exp: Math.floor(Date.now() / 1000) + 3600,
    })
    later(280)
    await verifier.verify(old)
    later(240)
    await verifier.verify(old)
    authority.behaviour.keys = [newerKey]
    later(40)
    await verifier.verify(old)
    later(21)
    await expect(verifier.verify(old)).rejects.toMatchObject({ code: 'invalid_token' })
  })

  test('a new key is found within 30 seconds, by the first token that names it', async () => {
    await verifier.verify(token())
    const published = Date.now()
    authority.behaviour.keys = [rsaKey, newerKey]
    await expect(verifier.verify(token(newerKey))).rejects.toMatchObject({ detail: 'kid_unknown' })
    later(30)
    await expect(verifier.verify(token(newerKey))).resolves.toBeDefined()
    expect(authority.keySetReads()).toBe(2)
    measure('D11', `${Math.round((Date.now() - published) / 1000)}`)
  })

  test('500 tokens with unknown keys make it read once more at most', async () => {
    const unknown = Array.from({ length: 500 }, (_, i) =>
      mint({ ...rsaKey, kid: `unknown-${i}` }, { iss: authority.issuer, aud: AUDIENCE }),
    )
    await verifier.verify(token())
    later(31)
    const outcomes = await Promise.allSettled(unknown.map((each) => verifier.verify(each)))
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
    const reads = authority.keySetReads() - 1
    expect(reads).toBe(1)
    measure('D13', `${reads} for ${outcomes.length} kids`)
  })

  test('tokens of other issuers never make it read', async () => {
    const foreign = mint(newerKey, { iss: 'https://evil.example', aud: AUDIENCE })
    await verifier.ready()
    later(31)
    await expect(verifier.verify(foreign)).rejects.toMatchObject({ detail: 'iss_not_accepted' })
    expect(authority.keySetReads()).toBe(1)
  })

  test.each([
    ['status 500', { keySetStatus: 500 }],
    ['no JSON', { keySetBody: '<html>' }],
    ['no keys member', { keySetBody: '{}' }],
    ['300 KiB', { keySetBody: JSON.stringify({ keys: [], pad: 'x'.repeat(300_000) }) }],
  ])('survives an outage (%s) for 24 hours on its last good copy, with a warning', async (_name, outage) => {
    await verifier.verify(token())
    Object.assign(authority.behaviour, outage)
    for (let hour = 0; hour < 23; hour++) {
      later(3600)
      await expect(verifier.verify(token())).resolves.toBeDefined()
    }
    expect(warnings.length).toBeGreaterThan(0)
    later(3601)
    await expect(verifier.verify(token())).rejects.toMatchObject({ code: 'temporarily_unavailable' })
  })

  test('through an outage of an hour refuses no valid token', async () => {
    await verifier.verify(token())
    authority.behaviour.keySetStatus = 500
    let refused = 0
    for (let i = 0; i < 50; i++) {
      later(72)
      await verifier.verify(token()).catch(() => refused++)
    }
    expect(refused).toBe(0)
    measure('D9', `${refused} of 50`)
  })

  test('a token without kid is fine for a set of one key, and for no other', async () => {
    const unnamed = () => mint(rsaKey, { iss: authority.issuer, aud: AUDIENCE }, { kid: null })
    await expect(verifier.verify(unnamed())).rejects.toMatchObject({ detail: 'kid_missing' })
    authority.behaviour.keys = [rsaKey]
    later(301)
    await expect(verifier.verify(unnamed())).resolves.toBeDefined()
  })
})
