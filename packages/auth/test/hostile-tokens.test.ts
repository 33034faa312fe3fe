import type { TokenProfile } from '@scalekit-mcp/auth'
import { Secret } from '@scalekit-mcp/auth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCorpora } from '../../../test/hostile/corpus.js'
import { claimedScopes, tokenRequest } from '../../../test/hostile/token-request.js'
import { compare } from '../../../test/hostile/verdict.js'
import { TOKEN_RULES } from '../src/token-rules.js'
import { type Authority, ecKey, rsaKey, startAuthority } from './authority.js'
import { expectedWith, shapedBuild, shapedDefaults } from './hostile-profiles.js'
import { buildToken } from './hostile-token.js'
import type { Names } from './hostile-values.js'
import { type ProtectedApp, startApp } from './protected-app.js'
import { sendRaw } from './raw-http.js'

const { cases, defaults } = readCorpora().tokens

const profiles = ['strict', 'scalekit-compat', 'auth0', 'okta', 'entra', 'keycloak', 'cognito'] as const

/** Every token of the corpus, in the form of every profile, at an app behind `protect`. */
describe.each<TokenProfile>(profiles)('hostile tokens, profile %s', (profile) => {
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
    const { host, resource: aud } = app
    names = { kid: rsaKey.kid, kid_es: ecKey.kid, iss: authority.issuer, aud, canary, host }
  })

  afterAll(async () => {
    await app.close()
    await authority.close()
  })

  test.each(cases)('$id $name', async (testCase) => {
    const token = buildToken(shapedBuild(profile, testCase.build), shapedDefaults(profile, defaults), names)
    if (testCase.pre?.revoke) authority.revoked.add(token)
    const named = { ...names, token }
    const before = app.upstreamCalls()
    const startedAt = performance.now()

    const bytes = tokenRequest(testCase, defaults, named, 'modern')
    const response = await sendRaw(Number(app.host.split(':')[1]), bytes)

    const seen = {
      response,
      milliseconds: performance.now() - startedAt,
      upstreamCalls: app.upstreamCalls() - before,
      canaryHits: 0,
      keySetReads: 0,
      received: '',
    }
    const circumstances = { names: named, era: 'modern', claimedScopes: claimedScopes(token) } as const
    expect(compare(testCase, expectedWith(profile, testCase), seen, circumstances)).toEqual([])
    if (response.status === 401 || response.status === 403) {
      expect(response.headers).toContainEqual([
        'www-authenticate',
        expect.stringContaining(`resource_metadata="${app.protection.resourceMetadataUrl}"`),
      ])
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
    for (const { code, detail = '', explanation = '', cause } of app.refusals) {
      expect(cause).toBeUndefined()
      expect(detail).toMatch(/^[\w#]*$/)
      if (code === 'invalid_token') expect(Object.keys(TOKEN_RULES)).toContain(detail)
      // The audience or issuer, and never what looks like a credential.
      expect(explanation).toMatch(/^[\x20-\x7e]{0,2000}$/)
      expect(explanation).not.toMatch(/eyJ|[\w~+=%-]{40}/)
    }
  })
})
