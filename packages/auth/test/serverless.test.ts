import type { IncomingMessage } from 'node:http'
import { protect } from '@scalekit-mcp/auth'
import express from 'express'
import serverless from 'serverless-http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'
import { mcpHandler, tools } from './mcp-server.js'
import { toolCall } from './protected-app.js'

const RESOURCE = 'https://mcp.example.com/mcp'

/** The same Express app as a function behind an API gateway: events instead of sockets. */
describe.each(['v1', 'v2'] as const)('protect in a serverless function, MCP SDK %s', (sdk) => {
  let authority: Authority
  let invoke: (method: string, path: string, token?: string, body?: object) => Promise<Answer>
  let close: () => Promise<void>

  interface Answer {
    statusCode: number
    headers: Record<string, string>
    body: string
  }

  beforeAll(async () => {
    authority = await startAuthority()
    const app = express()
    const protection = protect(app, {
      resource: RESOURCE,
      issuers: [authority.issuer],
      scopes: ['user:read'],
      tools,
    })
    app.post(protection.path, mcpHandler(sdk, protection, []))
    app.get('/health', (_req, res) => void res.json({ status: 'healthy' }))
    // Version 1 of the SDK reads the raw headers, which serverless-http leaves empty.
    const handler = serverless(app, {
      ...(sdk === 'v1' && {
        request(req: IncomingMessage) {
          req.rawHeaders = Object.entries(req.headers).flat().map(String)
        },
      }),
    })
    invoke = (method, path, token, body) =>
      handler(
        {
          version: '2.0',
          rawPath: path,
          rawQueryString: '',
          headers: {
            host: 'mcp.example.com',
            accept: 'application/json, text/event-stream',
            ...(body && {
              'content-type': 'application/json',
              'content-length': String(Buffer.byteLength(JSON.stringify(body))),
              'mcp-protocol-version': '2025-11-25',
            }),
            ...(token && { authorization: `Bearer ${token}` }),
          },
          requestContext: { http: { method, path, sourceIp: '192.0.2.1' } },
          ...(body && { body: JSON.stringify(body), isBase64Encoded: false }),
        },
        {},
      ) as Promise<Answer>
    close = async () => {
      protection.close()
      await authority.close()
    }
  })
  afterAll(() => close())

  const tokenWith = (scope: string, claims: object = {}) =>
    mint(rsaKey, { iss: authority.issuer, aud: RESOURCE, scope, ...claims })
  const greet = { ...toolCall('greet'), params: { name: 'greet', arguments: { name: 'Ada' } } }

  test('a call with a token reaches the tool', async () => {
    const { statusCode, body } = await invoke('POST', '/mcp', tokenWith('user:read'), greet)
    expect([statusCode, body]).toEqual([200, expect.stringContaining('Hello Ada, from usr_1')])
  })

  test('a call without a token, with a bad one, and without the scope is refused', async () => {
    const none = await invoke('POST', '/mcp', undefined, greet)
    expect([none.statusCode, new Headers(none.headers).get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('resource_metadata="https://mcp.example.com/'),
    ])
    expect(
      (await invoke('POST', '/mcp', tokenWith('user:read', { aud: 'https://a.example' }), greet)).statusCode,
    ).toBe(401)
    expect((await invoke('POST', '/mcp', tokenWith(''), greet)).statusCode).toBe(403)
  })

  test('health and metadata are public', async () => {
    expect((await invoke('GET', '/health')).statusCode).toBe(200)
    const metadata = await invoke('GET', '/.well-known/oauth-protected-resource/mcp')
    expect(JSON.parse(metadata.body)).toMatchObject({ resource: RESOURCE })
    const headers = new Headers(metadata.headers)
    expect([headers.get('content-type'), headers.get('cache-control')]).toEqual([
      'application/json',
      'public, max-age=300',
    ])
  })
})
