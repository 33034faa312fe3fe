import type { TokenProfile } from '@scalekit-mcp/auth'
import { Secret } from '@scalekit-mcp/auth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCorpora, type TokenCase } from '../../../test/hostile/corpus.js'
import { type Authority, ecKey, rsaKey, startAuthority } from './authority.js'
import { buildToken, fill, type Names } from './hostile-token.js'
import { type ProtectedApp, startApp, toolCall } from './protected-app.js'
import { requestBytes, sendRaw } from './raw-http.js'

const corpus = readCorpora().tokens

/** Every token of the corpus, in both profiles, at an app behind `protect`. */
describe.each<TokenProfile>(['strict', 'scalekit-compat'])('hostile tokens, profile %s', (profile) => {
  let authority: Authority
  let app: ProtectedApp
  let names: Names

  beforeAll(async () => {
    authority = await startAuthority()
    app = await startApp(() => ({
      issuers: [authority.issuer],
      jwksUrl: authority.jwksUrl,
      scopes: ['env:read'],
      profile,
      revocation: {
        introspectionUrl: authority.introspectionUrl,
        clientId: 'skc_1',
        clientSecret: new Secret('test_local_secret'),
      },
    }))
    const canary = `${authority.issuer}/canary`
    names = { kid: rsaKey.kid, kid_es: ecKey.kid, iss: authority.issuer, aud: app.resource, canary }
  })

  afterAll(async () => {
    await app.close()
    await authority.close()
  })

  test.each(corpus.cases)('$id $name', async ({ build, present, pre, request, expect: expected }) => {
    const { status, challenge_error, challenge_scope, upstream_calls } =
      expected.by_profile?.[profile] ?? expected
    const token = buildToken(build, corpus.defaults, names)
    if (pre?.revoke) authority.revoked.add(token)
    const before = app.upstreamCalls()

    const response = await sendRaw(Number(app.host.split(':')[1]), requestOf(token, present, request))

    expect([status].flat()).toContain(response.status)
    if (upstream_calls !== undefined) expect(app.upstreamCalls() - before).toBe(upstream_calls)
    expect(response.text).not.toContain(token.length > 20 ? token : '\0')
    expect(response.text).not.toMatch(/x-powered-by|node_modules|\.js:\d|<html/i)
    if (response.status === 401 || response.status === 403) {
      const challenges = response.headers.filter(([name]) => name === 'www-authenticate')
      expect(challenges).toHaveLength(1)
      const parameters = parametersOf(challenges[0]?.[1] ?? '')
      expect(parameters.resource_metadata).toBe(app.protection.resourceMetadataUrl)
      expect(parameters.scope).toBe(challenge_scope ?? 'env:read')
      if (challenge_error !== undefined) expect([challenge_error].flat()).toContain(parameters.error ?? null)
      expect(JSON.parse(response.body)).toEqual({
        error: expect.any(String),
        error_description: expect.any(String),
      })
    }
  })

  test('the key set was read once for the whole corpus', () => {
    expect(authority.keySetReads()).toBe(1)
  })

  test('no reason that goes to the log holds a part of a token', () => {
    expect(app.refusals.length).toBeGreaterThan(100)
    for (const { detail = '', cause } of app.refusals) {
      expect(cause).toBeUndefined()
      expect(detail).toMatch(/^[\w#]*$/)
    }
  })

  function requestOf(token: string, present: TokenCase['present'], request: TokenCase['request']): Buffer {
    const presented = present?.headers ?? [['authorization', 'Bearer {{token}}']]
    const own = presented.map(([name, value]) => [name, fill(value, { token })] as const)
    const hasType = own.some(([name]) => name === 'content-type')
    const query = present?.query ? `?${fill(present.query, { token })}` : ''
    return requestBytes({
      method: 'POST',
      path: `/mcp${query}`,
      headers: [
        ['host', app.host],
        ...(hasType ? [] : [['content-type', 'application/json'] as const]),
        ...own,
      ],
      body: Buffer.from(
        present?.body
          ? fill(present.body, { token })
          : JSON.stringify(toolCall(request?.tool, request?.args)),
      ),
    })
  }
})

function parametersOf(challenge: string): Record<string, string> {
  expect(challenge).toMatch(/^Bearer /)
  return Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  )
}
