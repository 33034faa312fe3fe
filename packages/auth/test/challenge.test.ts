import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { insufficientScope, resourceMetadataUrl } from '@scalekit-mcp/auth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
    const reasonFor = async (claims: object) => {
      app.refusals.length = 0
      await post(app.resource, token(claims))
      return app.refusals[0]?.reason
    }
    const here = `and this server is ${app.resource}.`
    expect(await reasonFor({ aud: 'https://other.example/mcp' })).toBe(
      `The token is for https://other.example/mcp, ${here}`,
    )
    expect(await reasonFor({ aud: ['skc_1', 'res_2'] })).toBe(`The token is for skc_1, res_2, ${here}`)
    expect(await reasonFor({ iss: 'https://other.example' })).toMatch(
      /^The token is from https:\/\/other\.example, and this server accepts tokens from http/,
    )
    for (const aud of [
      'eyJhbGciOiJub25lIn0.e30.x',
      'https://me:secret@other.example',
      'https://a.example?k=s',
      7,
    ]) {
      expect(await reasonFor({ aud })).toBe(`The token is for something that is not a URL, ${here}`)
    }
    expect(await reasonFor({ exp: 1, iat: 0 })).toBeUndefined()
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

  test('cannot be broken out of by what a caller names', async () => {
    const hostile = ['org:read", realm="x', 'a\r\nset-cookie: x=1', 'org:write']
    const { challengeHeader } = await import('@scalekit-mcp/auth')
    const header = challengeHeader(insufficientScope(hostile), {
      resourceMetadataUrl: resourceMetadataUrl(app.resource),
      scopes: [],
    })
    expect(header).toMatch(
      /^Bearer error="insufficient_scope", error_description="[\x20\x21\x23-\x5b\x5d-\x7e]+", scope="org:write", resource_metadata="[^"]+"$/,
    )
  })

  test('says nothing of scopes where none are needed, and answers with what an error brings along', async () => {
    const { AuthError, challengeHeader, sendChallenge } = await import('@scalekit-mcp/auth')
    const challenge = { resourceMetadataUrl: 'https://mcp.example.com/x', scopes: [] as string[] }
    const missing = new AuthError('missing_token', 'Sign in.')
    expect(challengeHeader(missing, challenge)).toBe('Bearer resource_metadata="https://mcp.example.com/x"')
    const server = createServer((req, res) => {
      const limited = new AuthError('rate_limited', 'Later.', { retryAfter: 0 })
      const method = new AuthError('method_not_allowed', 'Not so.', { allow: ['POST', 'GET'] })
      const errors = { '/limited': limited, '/method': method, '/missing': missing }
      sendChallenge(res, errors[req.url as keyof typeof errors], challenge)
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const get = (path: string) => fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)
    const [limited, method, unsigned] = await Promise.all(['/limited', '/method', '/missing'].map(get))
    const seen = (response?: Response) =>
      ['www-authenticate', 'retry-after', 'allow'].map((name) => response?.headers.get(name))
    expect([limited?.status, ...seen(limited)]).toEqual([429, null, '0', null])
    expect([method?.status, ...seen(method)]).toEqual([405, null, null, 'POST, GET'])
    expect([unsigned?.status, ...seen(unsigned)]).toEqual([
      401,
      'Bearer resource_metadata="https://mcp.example.com/x"',
      null,
      null,
    ])
    expect(await limited?.json()).toEqual({ error: 'rate_limited', error_description: 'Later.' })
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  })
})
