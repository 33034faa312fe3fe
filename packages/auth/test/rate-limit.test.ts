import type { RateLimitOptions } from '@scalekit-mcp/auth'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'
import { type ProtectedApp, post, startApp, toolCall } from './protected-app.js'

describe('rate limits', () => {
  let authority: Authority
  let app: ProtectedApp
  let address = '192.0.2.1'

  const start = async (limits: RateLimitOptions) => {
    app = await startApp(() => ({
      issuers: [authority.issuer],
      scopes: ['env:read'],
      addressOf: () => address,
      limits,
    }))
  }
  const call = async (claims = {}) =>
    post(
      app.resource,
      mint(rsaKey, { iss: authority.issuer, aud: app.resource, scope: 'env:read', ...claims }),
    )
  const callBadly = async (from: string) => {
    address = from
    return (await post(app.resource, 'nonsense')).status
  }

  beforeAll(async () => {
    authority = await startAuthority()
  })
  afterEach(() => app.close())
  afterAll(() => authority.close())

  test('a caller has its points a minute and is told how many are left', async () => {
    await start({ perMinute: 2 })
    const first = await call()
    expect(first.headers.get('ratelimit-policy')).toBe('"caller";q=2;w=60')
    expect(first.headers.get('ratelimit')).toMatch(/^"caller";r=1;t=\d+$/)
    expect((await call()).status).toBe(200)
    const refused = await call()
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toEqual({ error: 'rate_limited', error_description: expect.any(String) })
  })

  test('the minute begins with the first request, and ends', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    try {
      await start({ perMinute: 1 })
      expect((await call()).status).toBe(200)
      vi.advanceTimersByTime(59_000)
      const refused = await call()
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
      vi.advanceTimersByTime(1_001)
      expect((await call()).headers.get('ratelimit')).toBe('"caller";r=0;t=60')
    } finally {
      vi.useRealTimers()
    }
  })

  test('a caller is issuer, client and subject: others are not touched, and names cannot be shifted', async () => {
    await start({ perMinute: 1 })
    await call({ client_id: 'a', sub: 'b c' })
    expect((await call({ client_id: 'a', sub: 'b c' })).status).toBe(429)
    expect((await call({ client_id: 'a b', sub: 'c' })).status).toBe(200)
    expect((await call({ client_id: 'a', sub: 'other' })).status).toBe(200)
  })

  test('refused credentials are limited by address; a valid token from there is still served', async () => {
    await start({ failuresPerMinute: 2 })
    const statuses = [
      await callBadly('192.0.2.1'),
      await callBadly('192.0.2.1'),
      await callBadly('192.0.2.1'),
    ]
    expect(statuses).toEqual([401, 401, 429])
    expect((await call()).status).toBe(200)
    expect(await callBadly('192.0.2.2')).toBe(401)
  })

  test('a /64 is one IPv6 address, and IPv4 written as IPv6 is IPv4', async () => {
    await start({ failuresPerMinute: 1 })
    expect(await callBadly('2001:db8:1:2::1')).toBe(401)
    expect(await callBadly('2001:db8:1:2:ffff::9')).toBe(429)
    expect(await callBadly('2001:DB8:1:2:3:4:5:6%eth0')).toBe(429)
    expect(await callBadly('2001:db8:1:3::1')).toBe(401)
    expect(await callBadly('::1')).toBe(401)
    expect(await callBadly('192.0.2.7')).toBe(401)
    expect(await callBadly('::ffff:192.0.2.7')).toBe(429)
  })

  test.each([
    ['192.0.2.1', ['192.0.2.1:5678', '192.0.2.1:5679', ' 192.0.2.1 ', '::FFFF:192.0.2.1', '::ffff:c000:201']],
    ['::ffff:192.0.2.1', ['[::ffff:192.0.2.1]:443', '[::FFFF:C000:0201]:80', '0:0:0:0:0:ffff:192.0.2.1']],
    [
      '2001:db8::1',
      ['[2001:db8::1]', '[2001:db8::1]:443', '[2001:DB8::2]:1', '2001:db8::1%eth0', '[2001:db8::1%25a]:9'],
    ],
    ['a made-up name', ['another', '', '_hidden:1', '999.1.1.1', '192.0.2.1:99999999', '[x]:1', 'a:b:c']],
  ])('%s has one limit, however it is written', async (first, others) => {
    await start({ failuresPerMinute: 1 })
    expect(await callBadly(first)).toBe(401)
    for (const other of others) expect([other, await callBadly(other)]).toEqual([other, 429])
  })

  test('costly calls take further points', async () => {
    await start({ perMinute: 5 })
    const costly = () =>
      post(
        app.resource,
        mint(rsaKey, { iss: authority.issuer, aud: app.resource, scope: 'env:read org:write' }),
        {
          body: JSON.stringify(toolCall('create_organization')),
        },
      )
    const first = await costly()
    expect([first.status, first.headers.get('ratelimit')]).toEqual([
      200,
      expect.stringMatching(/^"caller";r=1;/),
    ])
    const refused = await costly()
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(app.upstreamCalls()).toBe(1)
  })

  test('the limiters can be shared between replicas', async () => {
    const made: string[] = []
    await start({
      createLimiter: (options) => {
        made.push(options.keyPrefix)
        return new RateLimiterMemory(options)
      },
    })
    expect(made).toEqual(['caller', 'failure'])
    expect((await call()).status).toBe(200)
  })

  test('a limiter may bring a promise of another kind: what it refuses is refused', async () => {
    const refusing = {
      // biome-ignore lint/suspicious/noThenProperty: it is the promise of another library
      then: (_: unknown, reject: (state: object) => void) =>
        reject({ remainingPoints: 0, msBeforeNext: 9_000 }),
    } as unknown as Promise<never>
    await start({ createLimiter: () => ({ consume: () => refusing }) })
    const refused = await call()
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '9'])
  })

  test('a shared store that fails is 503, and its error stays in the log', async () => {
    class Unreachable extends RateLimiterMemory {
      override consume(): Promise<never> {
        return Promise.reject(new Error('connect ECONNREFUSED 10.0.0.5:6379'))
      }
    }
    await start({ createLimiter: (options) => new Unreachable(options) })
    const response = await call()
    expect(response.status).toBe(503)
    expect(await response.text()).not.toContain('10.0.0.5')
    expect(String(app.refusals[0]?.cause)).toContain('10.0.0.5')
  })
})
