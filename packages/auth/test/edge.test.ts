import type { ProtectOptions } from '@scalekit-mcp/auth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'
import { type ProtectedApp, post, startApp } from './protected-app.js'
import { requestBytes, sendRaw } from './raw-http.js'

/** What is decided about a request before and beside its token. */
describe('the edge of a protected endpoint', () => {
  let authority: Authority
  const apps: ProtectedApp[] = []

  const start = async (options: Partial<ProtectOptions> = {}) => {
    const app = await startApp(() => ({ issuers: [authority.issuer], scopes: ['env:read'], ...options }))
    apps.push(app)
    return app
  }
  const tokenFor = (app: ProtectedApp, claims = {}) =>
    mint(rsaKey, { iss: authority.issuer, aud: app.resource, scope: 'env:read', ...claims })

  beforeAll(async () => {
    authority = await startAuthority()
  })
  afterAll(async () => {
    await Promise.all(apps.map((app) => app.close()))
    await authority.close()
  })

  test('tells pages of the allowed origins, and no others, what they may do', async () => {
    const app = await start()
    const own = { headers: { origin: app.origin } }
    const answered = await post(app.resource, tokenFor(app), own)
    expect(answered.headers.get('access-control-allow-origin')).toBe(app.origin)
    expect(answered.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate')
    expect(answered.headers.get('vary')).toBe('Origin')
    const refused = await post(app.resource, undefined, own)
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, app.origin])
    const probe = await fetch(app.resource, own)
    expect([probe.status, probe.headers.get('access-control-allow-origin')]).toEqual([401, app.origin])
    const foreign = await fetch(app.resource, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example' },
    })
    expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([403, null])
  })

  test('tells pages of any origin what they may do where all are allowed', async () => {
    const app = await start({ allowedOrigins: '*' })
    const origin = 'https://inspector.example'
    const answered = await post(app.resource, tokenFor(app), { headers: { origin } })
    expect([answered.status, answered.headers.get('access-control-allow-origin')]).toEqual([200, origin])
    expect(answered.headers.get('access-control-allow-credentials')).toBeNull()
  })

  test('on loopback answers to every name of loopback, unless allowedHosts leaves them out', async () => {
    const app = await start()
    const port = app.host.split(':')[1]
    expect((await fetch(`http://localhost:${port}/mcp`)).status).toBe(401)
    const elsewhere = await start({ allowedHosts: ['mcp.example.com'] })
    expect((await fetch(elsewhere.resource)).status).toBe(421)
  })

  test('with sessions lets GET, DELETE and responses through, to callers only', async () => {
    const app = await start({ sessions: true })
    const authorization = `Bearer ${tokenFor(app)}`
    for (const method of ['GET', 'DELETE']) {
      expect((await fetch(app.resource, { method, headers: { authorization } })).status).toBe(200)
      expect((await fetch(app.resource, { method })).status).toBe(401)
    }
    const response = { body: JSON.stringify({ jsonrpc: '2.0', id: 1, result: {} }) }
    expect((await post(app.resource, tokenFor(app), response)).status).toBe(200)
    const both = { body: JSON.stringify({ jsonrpc: '2.0', id: 1, result: {}, error: {} }) }
    expect((await post(app.resource, tokenFor(app), both)).status).toBe(400)
    expect((await fetch(app.resource, { method: 'PUT', headers: { authorization } })).status).toBe(405)
  })

  test('with responses lets those through, and neither GET nor DELETE', async () => {
    const app = await start({ responses: true })
    const authorization = `Bearer ${tokenFor(app)}`
    for (const method of ['GET', 'DELETE']) {
      expect((await fetch(app.resource, { method, headers: { authorization } })).status).toBe(405)
    }
    for (const answer of [{ result: {} }, { error: { code: -1, message: 'no' } }]) {
      const response = { body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...answer }) }
      expect((await post(app.resource, tokenFor(app), response)).status).toBe(200)
      expect((await post(app.resource, 'none', response)).status).toBe(401)
    }
    const neither = await post(app.resource, tokenFor(app), {
      body: JSON.stringify({ jsonrpc: '2.0', id: 1 }),
    })
    expect([neither.status, await neither.text()]).toEqual([400, expect.stringContaining('member method')])
  })

  test('answers a body of 10 GB before it comes, and closes the connection', async () => {
    const app = await start()
    const head = requestBytes({
      method: 'POST',
      path: '/mcp',
      headers: [
        ['host', app.host],
        ['content-type', 'application/json'],
        ['authorization', `Bearer ${tokenFor(app)}`],
      ],
      holdBody: true,
      body: Buffer.alloc(0),
    })
    const declared = Buffer.from(head.toString().replace('content-length: 0', 'content-length: 10000000000'))
    const response = await sendRaw(Number(app.host.split(':')[1]), declared)
    expect(response.status).toBe(413)
    expect(Object.fromEntries(response.headers).connection).toBe('close')
  })

  test('asks a waiting client for its body only once the token was accepted', async () => {
    const app = await start()
    const waiting = (token: string) =>
      sendRaw(
        Number(app.host.split(':')[1]),
        requestBytes({
          method: 'POST',
          path: '/mcp',
          headers: [
            ['host', app.host],
            ['expect', '100-continue'],
            ['content-type', 'application/json'],
            ['authorization', `Bearer ${token}`],
          ],
          body: Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' })),
        }),
      )
    expect((await waiting(tokenFor(app))).text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200/)
    expect((await waiting('nonsense')).text).toMatch(/^HTTP\/1\.1 401/)
  })

  test.each<[string, number, [string, string][]]>([
    ['two hosts', 400, [['host', 'evil.example']]],
    ['two media types', 400, [['content-type', 'text/plain']]],
    [
      'two origins',
      400,
      [
        ['origin', '{{own}}'],
        ['origin', 'https://evil.example'],
      ],
    ],
    [
      'two methods',
      400,
      [
        ['mcp-method', 'tools/list'],
        ['Mcp-Method', 'tools/call'],
      ],
    ],
    ['two tokens', 400, [['authorization', 'Bearer x']]],
  ])('refuses %s rather than choose one', async (_name, status, further) => {
    const app = await start()
    const own = further.map(([name, value]) => [name, value.replace('{{own}}', app.origin)] as const)
    const response = await sendRaw(portOf(app), requestTo(app, '/mcp', own))
    expect(response.status).toBe(status)
    expect(Object.fromEntries(response.headers)['www-authenticate']).toContain('error="invalid_request"')
  })

  test('a request target in absolute form does not excuse a foreign Host', async () => {
    const app = await start()
    const bytes = requestTo(app, `http://${app.host}/mcp`, []).toString()
    expect((await sendRaw(portOf(app), Buffer.from(bytes))).status).toBe(200)
    const foreign = bytes.replace(`host: ${app.host}`, 'host: evil.example')
    expect((await sendRaw(portOf(app), Buffer.from(foreign))).status).toBe(421)
  })

  test('the name of a member is compared after its escapes are resolved', async () => {
    const app = await start()
    const body = '{"jsonrpc":"2.0","id":1,"method":"tools/list","meth\\u006fd":"tools/call"}'
    const response = await post(app.resource, tokenFor(app), { body })
    expect([response.status, await response.json()]).toMatchObject([400, { error: { code: -32600 } }])
  })

  function requestTo(app: ProtectedApp, path: string, further: (readonly [string, string])[]): Buffer {
    return requestBytes({
      method: 'POST',
      path,
      headers: [
        ['host', app.host],
        ['content-type', 'application/json'],
        ['authorization', `Bearer ${tokenFor(app)}`],
        ...further,
      ],
      body: Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })),
    })
  }

  function portOf(app: ProtectedApp): number {
    return Number(new URL(app.origin).port)
  }
})
