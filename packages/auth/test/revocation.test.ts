import { createTokenVerifier, type ProtectOptions, Secret, type TokenVerifier } from '@scalekit-mcp/auth'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { measure } from '../../../test/harness/measure.js'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'
import { type ProtectedApp, post, startApp, toolCall } from './protected-app.js'

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
    expect(authority.introspections).toEqual([
      {
        authorization: `Basic ${basic}`,
        contentType: 'application/x-www-form-urlencoded',
        accept: 'application/json',
        hint: 'access_token',
        token: one,
      },
    ])
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
    const accepts = () =>
      verifier.verify(one).then(
        () => true,
        () => false,
      )
    let seconds = 0
    for (; seconds < 60 && (await accepts()); seconds++) later(1)
    expect(seconds).toBeLessThanOrEqual(5)
    const refused = { code: 'invalid_token', detail: 'revoked' }
    await expect(verifier.verify(one)).rejects.toMatchObject(refused)
    authority.revoked.clear()
    later(60)
    await expect(verifier.verify(one)).rejects.toMatchObject(refused)
    expect(authority.introspections).toHaveLength(2)
    measure('A5', `${seconds}`)
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

  test('out of reach accepts tokens as unchecked, with one warning that holds no token', async () => {
    authority.behaviour.introspectionStatus = 503
    const [one, other] = [token(), token()]
    await expect(verifier.verify(one)).resolves.toMatchObject({ revocation: 'unknown' })
    await expect(verifier.verify(other)).resolves.toMatchObject({ revocation: 'unknown' })
    expect(warnings).toEqual([[expect.stringContaining('writes are refused'), expect.any(Error)]])
    expect(String(warnings)).not.toContain(one)

    authority.behaviour.introspectionStatus = 200
    authority.revoked.add(one)
    later(4)
    await expect(verifier.verify(one)).rejects.toMatchObject({ detail: 'revoked' })
    await expect(verifier.verify(other)).resolves.toMatchObject({ revocation: 'checked' })
    expect(warnings.slice(1)).toEqual([['Introspection answers again; 2 requests were not checked']])
  })

  test('is asked about every token when 76 come at once', async () => {
    const callers = await Promise.all(Array.from({ length: 76 }, () => verifier.verify(token())))
    expect(callers.filter(({ revocation }) => revocation !== 'checked')).toEqual([])
    expect(authority.introspections).toHaveLength(76)
    expect(authority.mostIntrospectionsAtOnce()).toBeLessThanOrEqual(8)
    expect(warnings).toEqual([])
  })

  test('is asked again once when an attempt fails', async () => {
    authority.behaviour.failingIntrospections = 1
    await expect(verifier.verify(token())).resolves.toMatchObject({ revocation: 'checked' })
    expect(authority.introspections).toHaveLength(2)
    expect(warnings).toEqual([])
  })

  test('a storm of requests during an outage is one warning, and one request at a time tries again', async () => {
    authority.behaviour.introspectionStatus = 503
    await verifier.verify(token())
    const asked = authority.introspections.length
    await Promise.all(Array.from({ length: 200 }, () => verifier.verify(token())))
    expect(authority.introspections).toHaveLength(asked)
    later(3)
    const callers = await Promise.all(Array.from({ length: 200 }, () => verifier.verify(token())))
    expect(new Set(callers.map(({ revocation }) => revocation))).toEqual(new Set(['unknown']))
    // One request, with its one retry.
    expect(authority.introspections).toHaveLength(asked + 2)
    expect(warnings).toHaveLength(1)
    later(61)
    await verifier.verify(token())
    expect(warnings.slice(1)).toEqual([[expect.stringContaining('(402 so far)'), expect.any(Error)]])
  })

  test('the answer about one token is not the caller of another with the same jti', async () => {
    const [narrow, wide] = [token({ jti: 'tkn_1', scope: 'a' }), token({ jti: 'tkn_1', scope: 'a b' })]
    const callers = await Promise.all([verifier.verify(narrow), verifier.verify(wide)])
    expect(callers.map(({ scopes }) => [...scopes])).toEqual([['a'], ['a', 'b']])
    expect(authority.introspections).toHaveLength(1)
  })

  test('a token revoked before the outage stays refused through it', async () => {
    const one = token()
    authority.revoked.add(one)
    await expect(verifier.verify(one)).rejects.toMatchObject({ detail: 'revoked' })
    authority.behaviour.introspectionStatus = 503
    later(10)
    await expect(verifier.verify(one)).rejects.toMatchObject({ detail: 'revoked' })
  })

  test.each([{}, { active: 'false' }, [], 'no'])(
    'an answer that does not say is no answer: %j',
    async (body) => {
      authority.behaviour.introspectionBody = body
      await expect(verifier.verify(token())).resolves.toMatchObject({ revocation: 'unknown' })
      expect(warnings).toHaveLength(1)
      authority.behaviour.introspectionBody = { active: false }
      later(4)
      await expect(verifier.verify(token())).rejects.toMatchObject({ detail: 'revoked' })
    },
  )

  test('a refused token stays refused until its end, whatever else is revoked', async () => {
    const ends = token({ exp: Math.floor(Date.now() / 1000) + 30 })
    const lives = token()
    for (const one of [ends, lives, token()]) {
      authority.revoked.add(one)
      await expect(verifier.verify(one)).rejects.toMatchObject({ detail: 'revoked' })
    }
    authority.revoked.clear()
    for (const one of [ends, lives]) {
      await expect(verifier.verify(one)).rejects.toMatchObject({ detail: 'revoked' })
    }
  })

  test('replicas tell each other of it: one asks, all refuse, until the end of the token', async () => {
    const known = new Map<string, number>()
    const replica = () =>
      createTokenVerifier({
        issuers: [authority.issuer],
        audience: AUDIENCE,
        revocation: {
          introspectionUrl: authority.introspectionUrl,
          clientId: 'skc_1',
          clientSecret: new Secret('s'),
          store: {
            isRevoked: async (name) => known.has(name),
            revoke: async (name, until) => void known.set(name, until),
          },
        },
      })
    const [first, second] = [replica(), replica()]
    const exp = Math.floor(Date.now() / 1000) + 120
    const one = token({ jti: 'tkn_1', exp })
    authority.revoked.add(one)
    await expect(first.verify(one)).rejects.toMatchObject({ detail: 'revoked' })
    expect([...known]).toEqual([[JSON.stringify([authority.issuer, 'tkn_1']), exp * 1000]])
    authority.revoked.clear()
    await expect(second.verify(one)).rejects.toMatchObject({ detail: 'revoked' })
    await expect(second.verify(token())).resolves.toBeDefined()
    for (const made of [first, second]) made.close()
  })

  test('has the time of the option for each of two attempts', async () => {
    authority.behaviour.introspectionIsSilent = true
    const impatient = createTokenVerifier({
      issuers: [authority.issuer],
      audience: AUDIENCE,
      revocation: {
        introspectionUrl: authority.introspectionUrl,
        clientId: 'skc_1',
        clientSecret: new Secret('s'),
        timeoutMs: 20,
      },
      onWarning: (...warning) => warnings.push(warning),
    })
    await expect(impatient.verify(token())).resolves.toMatchObject({ revocation: 'unknown' })
    expect(warnings).toMatchObject([[expect.any(String), { name: 'TimeoutError' }]])
    impatient.close()
  })

  test('is not asked in clear on a public host', () => {
    const revocation = {
      introspectionUrl: 'http://auth.example.com/introspect',
      clientId: 'skc_1',
      clientSecret: new Secret('s'),
    }
    expect(() =>
      createTokenVerifier({ issuers: [authority.issuer], audience: AUDIENCE, revocation }),
    ).toThrow('revocation.introspectionUrl must be an https URL')
  })
})

describe('an endpoint whose authorization server does not answer', () => {
  let authority: Authority
  let app: ProtectedApp
  let served: ProtectOptions['tools']

  const start = async (tools?: ProtectOptions['tools']) => {
    served = tools
    app = await startApp(() => ({
      issuers: [authority.issuer],
      scopes: [],
      ...(served ? { tools: served } : {}),
      revocation: {
        introspectionUrl: authority.introspectionUrl,
        clientId: 'skc_1',
        clientSecret: new Secret('s'),
      },
    }))
  }
  const call = (tool: string) =>
    post(
      app.resource,
      mint(rsaKey, { iss: authority.issuer, aud: app.resource, scope: 'env:read org:write' }),
      {
        body: JSON.stringify(toolCall(tool)),
      },
    )

  beforeEach(async () => {
    authority = await startAuthority()
    authority.behaviour.introspectionStatus = 503
  })
  afterEach(async () => {
    await app.close()
    await authority.close()
  })

  test('serves tools that are marked as read-only and refuses the others with 503 and Retry-After', async () => {
    await start({
      list_environments: { scopes: ['env:read'], readOnly: true },
      create_organization: ['org:write'],
    })
    expect((await call('list_environments')).status).toBe(200)
    const refused = await call('create_organization')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await refused.json()).toMatchObject({ error: 'temporarily_unavailable' })
    expect(app.upstreamCalls()).toBe(1)
    expect(app.refusals).toEqual([expect.objectContaining({ detail: 'revocation_unknown' })])
  })

  test('without a table, refuses what asks for a fresh token', async () => {
    await start()
    expect((await call('list_environments')).status).toBe(200)
    expect((await call('create_organization')).status).toBe(503)
    expect(app.upstreamCalls()).toBe(1)
  })

  test('serves all tools again when it answers', async () => {
    await start({ create_organization: ['org:write'] })
    authority.behaviour.introspectionStatus = 200
    expect((await call('create_organization')).status).toBe(200)
  })
})
