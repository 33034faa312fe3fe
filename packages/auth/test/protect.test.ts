import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ProtectOptions, protect } from '@scalekit-mcp/auth'
import { type Admission, createProtection, nodeTransport } from '@scalekit-mcp/auth/server'
import express from 'express'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'
import { type ProtectedApp, post, startApp, toolCall } from './protected-app.js'
import { requestBytes, sendRaw } from './raw-http.js'

describe('protect', () => {
  let authority: Authority
  const apps: ProtectedApp[] = []

  const start = async (options: Partial<ProtectOptions> = {}, path?: string) => {
    const app = await startApp(
      () => ({ issuers: [authority.issuer], scopes: ['env:read'], ...options }),
      path,
    )
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

  test('lets a good request reach the handler, with the caller and the parsed message', async () => {
    const app = await start()
    const response = await post(app.resource, tokenFor(app))
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ jsonrpc: '2.0', id: 1, result: { subject: 'usr_1' } })
    expect(response.headers.has('x-powered-by')).toBe(false)
    expect(app.refusals).toEqual([])
  })

  test.each([
    '/MCP',
    '/mcp/',
    '//mcp',
    '/mcp/x',
    '/mcp/.well-known/x',
    '/%6dcp',
    '/a/../mcp',
    '/mcp#x',
    '/mcp;a',
    '\\mcp',
  ])('leaves no other spelling of the path to the router: %s', async (path) => {
    const app = await start()
    const headers: [string, string][] = [
      ['host', app.host],
      ['content-type', 'application/json'],
      ['authorization', `Bearer ${tokenFor(app)}`],
    ]
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }))
    const response = await sendRaw(
      Number(app.host.split(':')[1]),
      requestBytes({ method: 'POST', path, headers, body }),
    )
    expect([400, 404]).toContain(response.status)
    expect(response.body).not.toContain('result')
  })

  test('leaves other routes of the app alone', async () => {
    const app = await start()
    expect((await fetch(`${app.origin}/healthz`)).status).toBe(200)
    expect((await fetch(`${app.origin}/mcpserver`)).status).toBe(404)
  })

  test('at the root protects the root alone', async () => {
    const app = await start({}, '')
    expect((await post(`${app.origin}/`)).status).toBe(401)
    expect((await post(`${app.origin}/`, tokenFor(app))).status).toBe(200)
    expect((await post(`${app.origin}/`, tokenFor(app, { aud: `${app.origin}/` }))).status).toBe(200)
    expect((await post(`${app.origin}//`, tokenFor(app))).status).toBe(404)
    expect((await fetch(`${app.origin}/healthz`)).status).toBe(200)
  })

  test('answers keys out of reach with 503 and Retry-After', async () => {
    const app = await start({ jwksUrl: 'http://127.0.0.1:9/keys' })
    const response = await post(app.resource, tokenFor(app))
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect(app.warnings).not.toEqual([])
  })

  test('a guard on the MCP route lets callers with all the scopes through, under any of their names', async () => {
    const app = express()
    const server = app.listen(0, '127.0.0.1')
    await new Promise((listening) => server.once('listening', listening))
    const resource = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
    const protection = protect(app, {
      resource,
      issuers: [authority.issuer],
      scopes: [],
      scopeAliases: { 'org:read': 'organization:read' },
    })
    app.post(
      protection.path,
      protection.guard('organization:read', 'env:read'),
      (_req, res) => void res.json({}),
    )
    const call = (scope: string) =>
      post(resource, mint(rsaKey, { iss: authority.issuer, aud: resource, scope }))
    expect((await call('org:read env:read')).status).toBe(200)
    expect((await call('organization:read env:read')).status).toBe(200)
    const refused = await call('env:read')
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      403,
      expect.stringContaining('scope="organization:read env:read"'),
    ])
    protection.close()
    await new Promise((closed) => server.close(closed))
  })

  test('its parts decide for a server of its own, and add nothing to the requests', async () => {
    const admissions: Admission[] = []
    const server = createServer(async (req, res) => {
      const admission = await protection.admit(req, res)
      admissions.push(admission)
      if (admission.outcome === 'admitted') res.end(admission.caller.subject)
      if (admission.outcome === 'elsewhere') protection.notFound(req, res)
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const resource = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
    const protection = createProtection({ resource, issuers: [authority.issuer], scopes: [] }, nodeTransport)
    const response = await post(resource, mint(rsaKey, { iss: authority.issuer, aud: resource }))
    expect(await response.text()).toBe('usr_1')
    expect((await post(resource)).status).toBe(401)
    expect(
      (await post(resource, mint(rsaKey, { iss: authority.issuer, aud: resource }), { body: '{' })).status,
    ).toBe(400)
    expect((await fetch(protection.resourceMetadataUrl)).status).toBe(200)
    expect((await fetch(new URL('/other', resource))).status).toBe(404)
    const caller = expect.objectContaining({ subject: 'usr_1' })
    expect(admissions).toEqual([
      { outcome: 'admitted', caller, message: toolCall(), acceptsOnly: undefined },
      {
        outcome: 'refused',
        refusal: expect.objectContaining({ code: 'missing_token', address: '127.0.0.1' }),
      },
      { outcome: 'refused', refusal: expect.objectContaining({ code: 'parse_error' }), caller },
      { outcome: 'served' },
      { outcome: 'elsewhere' },
    ])
    protection.close()
    await new Promise((closed) => server.close(closed))
  })

  test.each<[string, Partial<ProtectOptions>]>([
    ['resource is not a URL', { resource: 'mcp' }],
    ['resource is in clear on a public host', { resource: 'http://mcp.example.com/mcp' }],
    ['resource has a query', { resource: 'https://mcp.example.com/mcp?x=1' }],
    ['resource is not canonical', { resource: 'https://MCP.example.com/a/../mcp' }],
    ['no issuer is given', { issuers: undefined }],
    ['a scope is no scope', { scopes: ['env:read org:read'] }],
    ['the metadata is of another resource', { metadata: { resource: 'https://other.example/mcp' } }],
    ['the metadata names no authorization server', { metadata: { resource: 'https://mcp.example.com/mcp' } }],
  ])('does not start when %s', (_name, wrong) => {
    const right = {
      resource: 'https://mcp.example.com/mcp',
      issuers: ['https://auth.example.com'],
      scopes: ['env:read'],
    }
    expect(() => createProtection({ ...right, ...wrong }, nodeTransport)).toThrow(TypeError)
  })
})
