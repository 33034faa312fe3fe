import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createProtection, type NodeProtection, nodeTransport } from '@scalekit-mcp/auth/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requestBytes, sendRaw } from './raw-http.js'

interface Endpoint {
  readonly port: number
  readonly protection: NodeProtection
  readonly server: Server
}

/** A server whose own handler takes every path: what the protection leaves to it has gone past the guard. */
async function startEndpoint(path: string): Promise<Endpoint> {
  const server = createServer(async (req, res) => {
    const { outcome } = await protection.admit(req, res)
    if (outcome === 'admitted' || outcome === 'elsewhere') res.end('left to the handler')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const protection = createProtection(
    { resource: `http://127.0.0.1:${port}${path}`, issuers: ['https://auth.example.com'], scopes: [] },
    nodeTransport,
  )
  return { port, protection, server }
}

/** The status of a request target, sent as it is written; without a token the resource itself answers 401. */
async function statusOf({ port }: Endpoint, target: string): Promise<number> {
  const host = `127.0.0.1:${port}`
  const path = target.replace('HOST', host)
  return (await sendRaw(port, requestBytes({ method: 'POST', path, headers: [['host', host]] }))).status
}

describe('the path of a resource', () => {
  let mcp: Endpoint
  let root: Endpoint

  beforeAll(async () => {
    mcp = await startEndpoint('/mcp')
    root = await startEndpoint('/')
  })
  afterAll(() => {
    for (const { protection, server } of [mcp, root]) {
      protection.close()
      server.close()
    }
  })

  test.each(['/mcp', '/mcp?a=b', 'http://HOST/mcp', 'HTTP://HOST/mcp?a=b'])(
    'asks for a token: %s',
    async (target) => {
      expect(await statusOf(mcp, target)).toBe(401)
    },
  )

  test.each([
    '/MCP',
    '/mcp/',
    '/mcp/x',
    '/mcp/x/../../mcp/y',
    '//mcp',
    '/\\mcp',
    '/./mcp',
    '/x/../mcp',
    '/%6dcp',
    '/mcp%2fx',
    '/mcp%5cx',
    '/%20mcp%20',
    '/mcp;a=b',
    '/mcp%3Fa=b',
    '/mcp%23a',
    '/mcp/%zz',
    'http://HOST/mcp/x',
  ])('is not taken for another that a router would lead to it: %s', async (target) => {
    expect(await statusOf(mcp, target)).toBe(404)
  })

  test.each([
    '/',
    '/mcpx',
    '/xmcp',
    '/x/mcp',
    '/x/mcp/',
    '/mcp/..',
    '/x?to=/mcp',
    '/http://HOST/mcp',
    '/%zz',
    'http://HOST',
  ])('is not that of another place: %s', async (target) => {
    expect(await statusOf(mcp, target)).toBe(200)
  })

  test.each([
    ['/', 401],
    ['/?a=b', 401],
    ['http://HOST', 401],
    ['http://HOST/', 401],
    ['//', 404],
    ['/.', 404],
    ['/x/..', 404],
    ['/x', 200],
  ])('may be the root: %s is answered with %i', async (target, status) => {
    expect(await statusOf(root, target)).toBe(status)
  })
})
