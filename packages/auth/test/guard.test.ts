import type { AddressInfo } from 'node:net'
import { callerOf, createTokenVerifier, errorHandler, guard, notFound } from '@scalekit-mcp/auth'
import express from 'express'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'
import { requestBytes, sendRaw } from './raw-http.js'

const AUDIENCE = 'https://api.example.com'

/** One's own routes beside MCP. */
describe('guard, notFound and errorHandler', () => {
  let authority: Authority
  let origin: string
  let close: () => Promise<unknown>
  const faults: unknown[] = []

  const get = (path: string, claims: object = {}) => {
    const token = mint(rsaKey, { iss: authority.issuer, aud: AUDIENCE, ...claims })
    return fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${token}` } })
  }

  beforeAll(async () => {
    authority = await startAuthority()
    const verifier = createTokenVerifier({ issuers: [authority.issuer], audience: AUDIENCE })
    const challenge = {
      resourceMetadataUrl: `${AUDIENCE}/.well-known/oauth-protected-resource`,
      scopes: ['a'],
    }
    const app = express()
    app.get('/who', guard({ verifier, challenge }), (req, res) => void res.json(callerOf(req).subject))
    app.use((req, _res, next) => {
      req.headers['x-added'] = 'by a middleware'
      next()
    })
    app.get('/auth', guard({ verifier, challenge }), (req, res) => void res.json(Object(req).auth))
    app.get('/unguarded', (req, res) => void res.json(callerOf(req).subject))
    app.post('/json', express.json(), (_req, res) => void res.json({}))
    app.use(
      notFound,
      errorHandler((error) => faults.push(error)),
    )
    const server = app.listen(0, '127.0.0.1')
    await new Promise((listening) => server.once('listening', listening))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    close = async () => {
      verifier.close()
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
      await authority.close()
    }
  })
  afterAll(() => close())

  test('the guard passes a valid token on and challenges every other request', async () => {
    expect(await (await get('/who')).json()).toBe('usr_1')
    const refused = await get('/who', { aud: 'https://other.example' })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"')
    expect((await fetch(`${origin}/who`)).headers.get('www-authenticate')).toMatch(/^Bearer scope="a"/)
  })

  test('two credentials stay two, whatever a middleware does to the headers', async () => {
    const token = mint(rsaKey, { iss: authority.issuer, aud: AUDIENCE })
    const { host, port } = new URL(origin)
    const authorization = ['authorization', `Bearer ${token}`] as const
    const once = { method: 'GET', path: '/auth', headers: [['host', host], authorization] as const }
    expect((await sendRaw(Number(port), requestBytes(once))).status).toBe(200)
    const twice = { ...once, headers: [...once.headers, authorization] }
    const refused = await sendRaw(Number(port), requestBytes(twice))
    expect(refused.status).toBe(400)
    expect(refused.body).toContain('Send one access token')
  })

  test('the SDKs get who calls with which scopes, and not the token', async () => {
    const exp = Math.floor(Date.now() / 1000) + 60
    const response = await get('/auth', { scope: 'a b', exp })
    expect(await response.json()).toEqual({
      token: '[redacted]',
      clientId: 'skc_1',
      scopes: ['a', 'b'],
      expiresAt: exp,
      extra: { caller: expect.objectContaining({ subject: 'usr_1', token: '[redacted]' }) },
    })
  })

  test('a handler without a guard fails, and the client learns nothing of it', async () => {
    const response = await get('/unguarded')
    expect(response.status).toBe(500)
    expect(await response.json()).toEqual({
      error: 'server_error',
      error_description: expect.not.stringContaining('guard'),
    })
    expect(String(faults)).toContain('No guard')
  })

  test('what a parser refuses keeps its status and becomes JSON', async () => {
    const response = await fetch(`${origin}/json`, {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json' },
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: 'invalid_request', error_description: expect.any(String) })
  })

  test('what is not there is 404 in JSON, without the path', async () => {
    const response = await fetch(`${origin}/<img>`)
    expect(response.status).toBe(404)
    expect(await response.text()).not.toContain('img')
  })
})
