import type { TokenProfile } from '@scalekit-mcp/auth'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Customize, startIssuer } from './issuer-server.js'
import { post, startApp } from './protected-app.js'

const RFC_9068 = ['aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'scope', 'sub']

/** A running authorization server for each form: its discovery, its keys and its token endpoint over HTTP. */
describe.each<[profile: TokenProfile, path: string, Customize, claims: string[], typ: string | undefined]>([
  [
    'auth0',
    '/',
    (jwt) => {
      const { client_id, jti: _jti, ...payload } = jwt.payload
      jwt.header = { typ: 'JWT' }
      jwt.payload = { ...payload, azp: client_id, gty: 'client-credentials' }
    },
    ['aud', 'azp', 'exp', 'gty', 'iat', 'iss', 'scope', 'sub'],
    'JWT',
  ],
  [
    'okta',
    '/oauth2/default',
    (jwt) => {
      const { client_id, scope, ...payload } = jwt.payload
      jwt.header = { typ: undefined }
      jwt.payload = { ...payload, ver: 1, cid: client_id, scp: String(scope).split(' ') }
    },
    ['aud', 'cid', 'exp', 'iat', 'iss', 'jti', 'scp', 'sub', 'ver'],
    undefined,
  ],
  [
    'keycloak',
    '/realms/acme',
    (jwt) => {
      const { client_id, ...payload } = jwt.payload
      jwt.header = { typ: 'JWT' }
      jwt.payload = { ...payload, typ: 'Bearer', azp: client_id, acr: '1' }
    },
    ['acr', 'aud', 'azp', 'exp', 'iat', 'iss', 'jti', 'scope', 'sub', 'typ'],
    'JWT',
  ],
  ['strict', '/', () => undefined, RFC_9068, 'at+jwt'],
])('an issuer with tokens of the form %s', (profile, path, customize, claims, typ) => {
  async function start(options: { profile?: TokenProfile }) {
    const issuer = await startIssuer(path, 'env:read org:write', customize)
    const app = await startApp(() => ({ issuers: [issuer.issuer], scopes: ['env:read'], ...options }))
    onTestFinished(async () => {
      await app.close()
      await issuer.close()
    })
    return { issuer, app }
  }

  test('a call with its token is served, and one that needs more asks for what the token has too', async () => {
    const { issuer, app } = await start({ profile })
    const token = await issuer.token(app.resource, 'env:read')
    expect(Object.keys(decodeJwt(token)).sort()).toEqual(claims)
    expect(decodeProtectedHeader(token).typ).toBe(typ)
    const served = await post(app.resource, token)
    expect([served.status, await served.json()]).toMatchObject([200, { result: { subject: 'robot' } }])
    const body = JSON.stringify({
      ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
      params: { name: 'create_organization', arguments: {} },
    })
    const refused = await post(app.resource, token, {
      body,
      headers: { 'mcp-protocol-version': '2025-11-25' },
    })
    expect(refused.status).toBe(403)
    expect(refused.headers.get('www-authenticate')).toContain('scope="env:read org:write"')
    expect(app.warnings).toEqual([])
  })

  test('without the profile it is refused, unless it is of RFC 9068', async () => {
    const { issuer, app } = await start({})
    const response = await post(app.resource, await issuer.token(app.resource, 'env:read'))
    const refused = { code: 'invalid_token', detail: 'typ_not_access_token' }
    expect(response.status).toBe(profile === 'strict' ? 200 : 401)
    expect(app.refusals).toMatchObject(profile === 'strict' ? [] : [refused])
  })

  test('a token for another resource is refused', async () => {
    const { issuer, app } = await start({ profile })
    const response = await post(app.resource, await issuer.token('https://other.example/mcp', 'env:read'))
    expect(response.status).toBe(401)
  })
})
