import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AuthError, insufficientScope, invalidToken, mcpAuth } from '@scalekit-mcp/auth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { challengeHeader } from '../src/challenge.js'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'
import { type ProtectedApp, post, startApp, toolCall } from './protected-app.js'

/** RFC 6750 section 3 and RFC 9728 section 5.1, over HTTP. */
describe('the challenge', () => {
  let authority: Authority
  let app: ProtectedApp

  const token = (claims = {}) => mint(rsaKey, { iss: authority.issuer, aud: app.resource, ...claims })
  const metadata = () => `resource_metadata="${app.protection.resourceMetadataUrl}"`

  beforeAll(async () => {
    authority = await startAuthority()
    app = await startApp(() => ({ issuers: [authority.issuer], scopes: ['env:read', 'org:read'] }))
  })
  afterAll(async () => {
    await app.close()
    await authority.close()
  })

  test('without credentials names no error, only where to sign in and the smallest useful scopes', async () => {
    const response = await post(app.resource)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(`Bearer scope="env:read org:read", ${metadata()}`)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toEqual({ error: 'missing_token', error_description: expect.any(String) })
  })

  test('for a bad token says invalid_token, and not why', async () => {
    const wrong = await post(app.resource, token({ aud: 'https://other.example' }))
    const expired = await post(app.resource, token({ exp: 1, iat: 0 }))
    for (const response of [wrong, expired]) {
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toMatch(
        /^Bearer error="invalid_token", error_description="[^"]+", scope="env:read org:read", resource_metadata="[^"]+"$/,
      )
    }
    expect(await wrong.json()).toEqual(await expired.json())
    expect(app.refusals.map(({ detail }) => detail)).toContain('ERR_JWT_CLAIM_VALIDATION_FAILED_aud')
  })

  test('for another audience or issuer tells the log both, where what came is a URL or an id', async () => {
    const explanationFor = async (claims: object) => {
      app.refusals.length = 0
      await post(app.resource, token(claims))
      return app.refusals[0]?.explanation
    }
    const audience = (shown: string) =>
      `The audience of the token is ${shown}, and this server accepts ${app.resource}.`
    expect(await explanationFor({ aud: 'https://other.example/mcp' })).toBe(
      audience('https://other.example/mcp'),
    )
    expect(await explanationFor({ aud: ['skc_1', 'res_2'] })).toBe(audience('skc_1, res_2'))
    expect(await explanationFor({ iss: 'https://other.example' })).toMatch(
      /^The issuer of the token is https:\/\/other\.example, and this server accepts http/,
    )
    for (const aud of ['https://me:secret@other.example', 'https://a.example?k=s']) {
      expect(await explanationFor({ aud })).toBe(audience('neither a URL nor an id'))
    }
    expect(await explanationFor({ aud: 'eyJhbGciOiJub25lIn0.e30.x' })).toBe(audience('[redacted]'))
    expect(await explanationFor({ aud: 7 })).toBe(audience('no string'))
    expect(await explanationFor({ exp: 1, iat: 0 })).toBeUndefined()
  })

  test('for a missing scope is 403 and names every scope that the call needs', async () => {
    const body = JSON.stringify(toolCall('create_organization'))
    const headers = { 'mcp-protocol-version': '2026-07-28' }
    const response = await post(app.resource, token({ scope: 'env:read' }), { body, headers })
    expect(response.status).toBe(403)
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer error="insufficient_scope", error_description="${insufficientScope(['org:write']).message}", ` +
        `scope="org:write", ${metadata()}`,
    )
    expect(app.upstreamCalls()).toBe(0)
  })

  test('of a revision whose clients do not add up names what the token has as well, as it was written', async () => {
    const asked = async (revision?: string) => {
      const headers: Record<string, string> = revision ? { 'mcp-protocol-version': revision } : {}
      const message = { body: JSON.stringify(toolCall('create_organization')), headers }
      const answer = await post(app.resource, token({ scope: 'offline_access env:read' }), message)
      return /scope="([^"]*)"/.exec(answer.headers.get('www-authenticate') ?? '')?.[1]
    }
    expect(await asked('2026-07-28')).toBe('org:write')
    for (const revision of ['2025-11-25', '2025-06-18', '2025-03-26', undefined])
      expect(await asked(revision)).toBe('offline_access env:read org:write')
  })

  test('for two credentials is 400 invalid_request', async () => {
    const response = await post(`${app.resource}?access_token=${token()}`, token())
    expect(response.status).toBe(400)
    expect(response.headers.get('www-authenticate')).toContain('Bearer error="invalid_request"')
  })

  test('cannot be broken out of by what a caller names', () => {
    const hostile = ['org:read", realm="x', 'a\r\nset-cookie: x=1', 'org:write']
    const header = challengeHeader(insufficientScope(hostile), {
      resourceMetadataUrl: app.protection.resourceMetadataUrl,
      scopes: [],
    })
    expect(header).toMatch(
      /^Bearer error="insufficient_scope", error_description="[\x20\x21\x23-\x5b\x5d-\x7e]+", scope="org:write", resource_metadata="[^"]+"$/,
    )
  })

  test('says nothing of scopes where none are needed, and answers with what an error brings along', async () => {
    const auth = mcpAuth({ resource: app.resource, issuers: [authority.issuer], scopes: [] })
    const errors = {
      '/limited': new AuthError('rate_limited', 'Later.', { retryAfter: 0 }),
      '/method': new AuthError('method_not_allowed', 'Not so.', { allow: ['POST', 'GET'] }),
      '/missing': new AuthError('missing_token', 'Sign in.'),
    }
    const others: unknown[] = []
    const server = createServer((req, res) => {
      const error = errors[req.url as keyof typeof errors] ?? new Error('of the app')
      auth.challenge(error, req, res, (other) => {
        others.push(other)
        res.end()
      })
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const get = (path: string) => fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)
    const [limited, method, unsigned] = await Promise.all(['/limited', '/method', '/missing'].map(get))
    const seen = (response?: Response) =>
      ['www-authenticate', 'retry-after', 'allow'].map((name) => response?.headers.get(name))
    expect([limited?.status, ...seen(limited)]).toEqual([429, null, '0', null])
    expect([method?.status, ...seen(method)]).toEqual([405, null, null, 'POST, GET'])
    expect([unsigned?.status, ...seen(unsigned)]).toEqual([401, `Bearer ${metadata()}`, null, null])
    expect(await limited?.json()).toEqual({ error: 'rate_limited', error_description: 'Later.' })
    expect((await get('/other')).status).toBe(200)
    expect(others).toEqual([new Error('of the app')])
    auth.close()
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  })

  test('asks for a new token where a service behind the server refuses it, and says why in the log only', async () => {
    const refusals: unknown[] = []
    const auth = mcpAuth({
      resource: app.resource,
      issuers: [authority.issuer],
      scopes: ['env:read'],
      onRefused: ({ code, detail }) => refusals.push([code, detail]),
    })
    const server = createServer((req, res) =>
      auth.challenge(invalidToken('refused_upstream'), req, res, () => res.end()),
    )
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"')
    expect(await response.text()).not.toContain('upstream')
    expect(refusals).toEqual([['invalid_token', 'refused_upstream']])
    auth.close()
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  })
})
