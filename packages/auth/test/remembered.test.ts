import { Secret } from '@scalekit-mcp/auth'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Authority, mint, newKey, rsaKey, startAuthority } from './authority.js'
import { type ProtectedApp, post, startApp } from './protected-app.js'

/** A token that an endpoint has accepted before is passed on at once: never past what ends it. */
describe('a token that is remembered', () => {
  let authority: Authority
  let app: ProtectedApp
  let token: string

  const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)
  const start = async (revoked: boolean) => {
    app = await startApp(() => ({
      issuers: [authority.issuer],
      jwksUrl: authority.jwksUrl,
      scopes: [],
      ...(revoked && {
        revocation: {
          introspectionUrl: authority.introspectionUrl,
          clientId: 'skc_1',
          clientSecret: new Secret('test_local_secret'),
        },
      }),
    }))
    const exp = Math.floor(Date.now() / 1000) + 3600
    token = mint(rsaKey, { iss: authority.issuer, aud: app.resource, scope: 'env:read', exp })
    expect(await statusOf()).toBe(200)
  }
  const statusOf = async () => (await post(app.resource, token)).status

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    authority = await startAuthority()
  })
  afterEach(async () => {
    await app.close()
    await authority.close()
    vi.useRealTimers()
  })

  test('is passed on without another check', async () => {
    await start(false)
    later(59)
    expect(await statusOf()).toBe(200)
    expect(app.protection.verifier.counts()).toEqual({ remembered: 1, verified: 1 })
  })

  test('is refused within 5 seconds once it is revoked', async () => {
    await start(true)
    authority.revoked.add(token)
    later(4)
    expect(await statusOf()).toBe(401)
  })

  test('is refused once its key is withdrawn, when the keys are read again', async () => {
    await start(false)
    authority.behaviour.keys = [newKey('rsa-2', 'RS256')]
    later(250)
    expect(await statusOf()).toBe(200)
    later(50)
    expect(await statusOf()).toBe(401)
  })
})
