import { once } from 'node:events'
import { protect } from '@scalekit-mcp/auth'
import express from 'express'
import request from 'supertest'
import { afterAll, describe, expect, test } from 'vitest'
import { requestBytes, sendRaw } from './raw-http.js'

const close: (() => void)[] = []
afterAll(() => {
  for (const each of close) each()
})

/** An app whose resource is known under another port than the one that a test listens on. */
function appOf(resource: string, allowedHosts?: readonly string[]) {
  const app = express()
  app.get('/health', (_req, res) => void res.json({ status: 'healthy' }))
  const protection = protect(app, {
    resource,
    issuers: ['https://auth.example.com'],
    jwksUrl: 'http://127.0.0.1:9/keys',
    scopes: ['user:read'],
    ...(allowedHosts ? { allowedHosts } : {}),
  })
  app.post(protection.path, (_req, res) => void res.json({}))
  close.push(() => protection.close())
  return app
}

describe('a resource on loopback, tested on any port', () => {
  const app = appOf('http://localhost:3002/')

  test('asks for a token where there is none, and where it is bad', async () => {
    const none = await request(app).post('/')
    expect([none.status, none.headers['www-authenticate']]).toEqual([
      401,
      'Bearer scope="user:read", resource_metadata="http://localhost:3002/.well-known/oauth-protected-resource"',
    ])
    // No keys are needed to see that this is no token: http://127.0.0.1:9/keys does not answer.
    const bad = await request(app).post('/').set('Authorization', 'Bearer invalid-token')
    expect([bad.status, bad.headers['www-authenticate']]).toEqual([
      401,
      expect.stringMatching(/^Bearer error="invalid_token"/),
    ])
  })

  test('serves health and metadata', async () => {
    const health = await request(app).get('/health')
    expect([health.status, health.body]).toEqual([200, { status: 'healthy' }])
    const metadata = await request(app).get('/.well-known/oauth-protected-resource')
    expect([metadata.status, metadata.headers['content-type']]).toEqual([200, 'application/json'])
    expect(metadata.body).toMatchObject({ resource: 'http://localhost:3002/' })
  })

  const status = async (on: ReturnType<typeof appOf>, host: string, path = '/') =>
    (await request(on).post(path).set('Host', host)).status

  test.each(['localhost', 'LocalHost:3002', 'localhost:1', '127.0.0.1', '127.0.0.1:65535', '127.1.2.3:80'])(
    'answers under %s',
    async (host) => {
      expect(await status(app, host)).toBe(401)
    },
  )

  // DNS rebinding: the name of a page of the attacker leads to this machine.
  test.each([
    'evil.example',
    'evil.example:3002',
    'localhost.evil.example:3002',
    '127.0.0.1.evil.example',
    '127.0.0.1.nip.io:3002',
    'xlocalhost:3002',
    'x.localhost:3002',
    'localhost.:3002',
    'localhost:3002@evil.example',
    'evil.example#localhost:3002',
    'localhost:3002:3002',
    'localhost:65536',
    'localhost:',
    '127.0.0.256:3002',
    '127.1:3002',
    '128.0.0.1:3002',
    '10.0.0.1:3002',
    '0.0.0.0:3002',
    '[::1]',
    '[::1]:3002',
    '[::2]:3002',
    '[::ffff:127.0.0.1]:3002',
    '::1',
    '',
  ])('does not answer under "%s"', async (host) => {
    expect(await status(app, host)).toBe(421)
  })

  test('compares the target in absolute form in the same way', async () => {
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    close.push(() => server.close())
    const { port } = server.address() as { port: number }
    const answer = async (path: string, host: string) =>
      (await sendRaw(port, requestBytes({ method: 'POST', path, headers: [['Host', host]] }))).status
    expect(await answer('http://127.0.0.1:9999/', 'localhost:1')).toBe(401)
    expect(await answer('http://evil.example/', 'localhost:1')).toBe(421)
    expect(await answer('http://127.0.0.1:9999/', 'evil.example')).toBe(421)
  })

  test.each([
    ['http://app.localhost:3002/mcp', 'app.localhost'],
    ['http://[::1]:3002/mcp', '[::1]'],
  ])('%s answers under its own name on any port too', async (resource, name) => {
    const named = appOf(resource)
    expect(await status(named, `${name}:3002`, '/mcp')).toBe(401)
    expect(await status(named, `${name}:3003`, '/mcp')).toBe(401)
    expect(await status(named, 'localhost:3003', '/mcp')).toBe(401)
    expect(await status(named, 'evil.localhost:3002', '/mcp')).toBe(421)
  })

  test('without a loopback host in allowedHosts answers under those only', async () => {
    const restricted = appOf('http://localhost:3002/', ['mcp.example.com'])
    expect(await status(restricted, 'mcp.example.com')).toBe(401)
    expect(await status(restricted, 'localhost:3002')).toBe(421)
  })
})

test.each([
  ['https://mcp.example.com/mcp', undefined, ['mcp.example.com', 'mcp.example.com:443', 'MCP.example.com']],
  ['https://mcp.example.com:8443/mcp', undefined, ['mcp.example.com:8443']],
  ['https://mcp.example.com/mcp', ['localhost:3002'], ['localhost:3002']],
] as const)('%s answers under exactly its hosts', async (resource, allowedHosts, answered) => {
  const app = appOf(resource, allowedHosts)
  for (const host of answered) {
    expect((await request(app).post('/mcp').set('Host', host)).status).toBe(401)
  }
  for (const host of [
    'mcp.example.com:8080',
    'localhost',
    'localhost:3003',
    '127.0.0.1:3002',
    '[::1]:3002',
  ]) {
    expect((await request(app).post('/mcp').set('Host', host)).status).toBe(421)
  }
})
