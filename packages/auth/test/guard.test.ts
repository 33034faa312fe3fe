import type { AddressInfo } from 'node:net'
import { callerOf, errorHandler, mcpAuth } from '@scalekit-mcp/auth'
import express from 'express'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'
import { requestBytes, sendRaw } from './raw-http.js'

const AUDIENCE = 'https://api.example.com/mcp'

/** Other routes of the app. */
describe('guard and errorHandler', () => {
  let authority: Authority
  let origin: string
  let close: () => Promise<unknown>
  const faults: unknown[] = []
  const refusals: object[] = []

  const get = (path: string, claims: object = {}) => {
    const token = mint(rsaKey, { iss: authority.issuer, aud: AUDIENCE, ...claims })
    return fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${token}` } })
  }

  beforeAll(async () => {
    authority = await startAuthority()
    const auth = mcpAuth({
      resource: AUDIENCE,
      issuers: [authority.issuer],
      scopes: ['a'],
      limits: { perMinute: 100, failuresPerMinute: 3 },
      onRefused: ({ code, detail, address }) => refusals.push({ code, detail, address }),
    })
    const app = express().use(auth)
    app.get('/who', auth.guard(), (req, res) => void res.json(callerOf(req).subject))
    app.get('/twice', auth.guard(), auth.guard('a'), (req, res) => void res.json(callerOf(req).subject))
    app.use((req, _res, next) => {
      req.headers['x-added'] = 'by a middleware'
      next()
    })
    app.get('/auth', auth.guard(), (req, res) => void res.json(Object(req).auth))
    app.get('/fails', () => {
      throw new Error('connect ECONNREFUSED 10.0.0.5:5432 password=hunter2')
    })
    app.post('/json', express.json(), (_req, res) => void res.json({}))
    app.use(
      auth.notFound,
      auth.challenge,
      errorHandler((error) => faults.push(error)),
    )
    const server = app.listen(0, '127.0.0.1')
    await new Promise((listening) => server.once('listening', listening))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    close = async () => {
      auth.close()
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

  test('the second guard of a route asks for its scopes, and costs nothing', async () => {
    const once = await get('/twice', { scope: 'a' })
    expect([once.status, await once.json()]).toEqual([200, 'usr_1'])
    const spent = once.headers.get('ratelimit')
    const left = (response: Response) => Number(/r=(\d+)/.exec(response.headers.get('ratelimit') ?? '')?.[1])
    expect(spent).toMatch(/^"caller";r=\d+/)
    const next = await get('/twice', { scope: 'b' })
    expect(next.status).toBe(403)
    expect(left(once) - left(next)).toBe(1)
  })

  test('refusals of a guard are in the log and count as those of MCP', async () => {
    const refused = () => get('/who', { aud: 'https://other.example' })
    const statuses: number[] = []
    for (let count = 0; count < 4; count++) statuses.push((await refused()).status)
    expect(statuses).toContain(429)
    expect(refusals).toContainEqual({
      code: 'invalid_token',
      detail: expect.stringContaining('aud'),
      address: '127.0.0.1',
    })
  })

  test('an error of a handler is 500, and the client learns nothing of it', async () => {
    const response = await fetch(`${origin}/fails`)
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('hunter2')
    expect(String(faults)).toContain('hunter2')
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
