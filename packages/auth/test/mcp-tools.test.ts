import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { createHttpServer, type McpAuth, protect, type RequestLine, requestLog } from '@scalekit-mcp/auth'
import express from 'express'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'
import { mcpHandler, tools } from './mcp-server.js'
import { post, toolCall } from './protected-app.js'

/** What a developer gets inside a tool, on both versions of the official server SDK. */
describe.each(['v1', 'v2'] as const)('tools on the MCP SDK %s', (sdk) => {
  let authority: Authority
  let resource: string
  let origin: string
  let protection: McpAuth
  let close: () => Promise<unknown>
  const calls: string[] = []
  const lines: RequestLine[] = []
  const warnings: string[] = []

  const tokenWith = (scope: string, claims: object = {}) =>
    mint(rsaKey, { iss: authority.issuer, aud: resource, scope, ...claims })

  async function call(token: string, name: string, args: Record<string, unknown> = {}) {
    const client = new Client({ name: 'test', version: '1.0.0' })
    const requestInit = { headers: { authorization: `Bearer ${token}` } }
    await client.connect(new StreamableHTTPClientTransport(new URL(resource), { requestInit }))
    const result = await client.callTool({ name, arguments: args })
    await client.close()
    const [first] = result.content as { text: string }[]
    return { isError: result.isError === true, text: first?.text ?? '' }
  }

  beforeAll(async () => {
    authority = await startAuthority()
    const app = express()
    const server = createHttpServer(app)
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    resource = `${origin}/mcp`
    app.use(requestLog((line) => lines.push(line)))
    protection = protect(app, {
      resource,
      issuers: [authority.issuer],
      claims: { organization: 'oid' },
      scopes: ['user:read'],
      tools,
      onWarning: (message) => warnings.push(message),
    })
    const handler = mcpHandler(sdk, protection, calls)
    app.post(protection.path, handler)
    app.post('/guarded', protection.guard(), express.json(), handler)
    app.post('/open', express.json(), handler)
    close = async () => {
      protection.close()
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
      await authority.close()
    }
  })
  afterAll(() => close())
  beforeEach(() => {
    calls.length = 0
    lines.length = 0
    warnings.length = 0
  })

  test('callerOf returns the claims of the verified token', async () => {
    const { text } = await call(tokenWith('user:read admin', { oid: 'org_7' }), 'whoami')
    expect(JSON.parse(text)).toEqual({
      subject: 'usr_1',
      clientId: 'skc_1',
      organizationId: 'org_7',
      scopes: ['user:read', 'admin'],
    })
  })

  test('a tool runs with its scopes', async () => {
    const { isError, text } = await call(tokenWith('user:read'), 'greet', { name: 'Ada' })
    expect([isError, text]).toEqual([false, '"Hello Ada, from usr_1"'])
    expect(calls).toEqual(['greet'])
  })

  test('without one of them the answer is 403 with all of them, and nothing was dispatched', async () => {
    const response = await post(resource, tokenWith('user:read'), { body: JSON.stringify(toolCall('reset')) })
    expect(response.status).toBe(403)
    const challenge = response.headers.get('www-authenticate')
    expect(challenge).toContain('error="insufficient_scope"')
    expect(challenge).toContain('scope="user:read admin"')
    expect(challenge).toContain(`resource_metadata="${protection.resourceMetadataUrl}"`)
    expect(calls).toEqual([])
  })

  /** MCP reached past the edge, as by a second route that only guards. */
  async function callAt(path: string, token: string, name: string) {
    const body = { ...toolCall(name), params: { name, arguments: {} } }
    const response = await post(`${origin}${path}`, token, {
      body: JSON.stringify(body),
      headers: { 'mcp-protocol-version': '2025-11-25' },
    })
    return response.text()
  }

  test('the tool decides again, where the edge did not', async () => {
    const answer = await callAt('/guarded', tokenWith('user:read'), 'reset')
    expect(answer).toContain('This call needs the scopes: user:read admin')
    expect(calls).toEqual([])
    expect(await callAt('/guarded', tokenWith('user:read admin'), 'reset')).toContain('done')
    expect(calls).toEqual(['reset'])
  })

  test('without protection in front, no tool runs', async () => {
    for (const name of ['whoami', 'reset']) {
      const answer = await callAt('/open', tokenWith('user:read admin'), name)
      expect(answer).toContain('isError')
      expect(answer).toContain('No access token was verified for this call')
    }
    expect(calls).toEqual([])
    // The SDK shows the error to the client only.
    expect(warnings).toEqual(Array(2).fill(expect.stringContaining('put app.use(mcpAuth(')))
  })

  test('organizationOf returns the organization of the token, or refuses', async () => {
    expect(await call(tokenWith('user:read', { oid: 'org_7' }), 'organization')).toEqual({
      isError: false,
      text: '"org_7"',
    })
    const unbound = await call(tokenWith('user:read'), 'organization')
    expect(unbound.isError).toBe(true)
    expect(unbound.text).toContain('not bound to an organization')
  })

  test('requireScopes asks for scopes that depend on the arguments', async () => {
    expect(await call(tokenWith('user:write'), 'either', { scope: 'user:write' })).toMatchObject({
      isError: false,
    })
    expect(await call(tokenWith('user:write'), 'either', { scope: 'admin' })).toMatchObject({ isError: true })
  })

  test('a tool that is not in the table cannot be called or registered', async () => {
    for (const call of [toolCall('constructor'), { jsonrpc: '2.0', id: 1, method: 'tools/call' }]) {
      const response = await post(resource, tokenWith('user:read admin'), { body: JSON.stringify(call) })
      expect([response.status, await response.json()]).toMatchObject([
        400,
        { error: { code: -32602, message: 'Unknown tool: choose a name from tools/list.' } },
      ])
    }
    expect(() => protection.tool('constructor', () => 1)).toThrow(
      'The tool constructor is missing in the option tools',
    )
  })

  test('the request log has a line per request, without query, token or body', async () => {
    const token = tokenWith('user:read', { oid: 'org_7' })
    await post(resource, token, { body: JSON.stringify(toolCall('greet', { name: 'Sesame' })) })
    await fetch(`${origin}/callback/${token}?code=Sesame`)
    await fetch(`${origin}/links/${'A1b2'.repeat(12)}`)
    await expect.poll(() => lines.length).toBe(3)
    expect(
      lines.map(({ method, path, status, subject, clientId, organizationId }) => [
        method,
        path,
        status,
        subject,
        clientId,
        organizationId,
      ]),
    ).toEqual([
      ['POST', '/mcp', 200, 'usr_1', 'skc_1', 'org_7'],
      ['GET', '/callback/[redacted]', 404, undefined, undefined, undefined],
      ['GET', '/links/[redacted]', 404, undefined, undefined, undefined],
    ])
    expect(JSON.stringify(lines)).not.toContain('Sesame')
    expect(JSON.stringify(lines)).not.toContain(token.split('.')[2])
  })

  test('the line of a client that leaves in the middle of its body says who it was', async () => {
    const { port } = new URL(origin)
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(
      `POST /mcp HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${tokenWith('user:read')}\r\ncontent-type: application/json\r\naccept: application/json, text/event-stream\r\nexpect: 100-continue\r\ncontent-length: 100\r\n\r\n`,
    )
    await once(socket, 'data')
    socket.destroy()
    await expect
      .poll(() => lines)
      .toMatchObject([{ method: 'POST', path: '/mcp', subject: 'usr_1', clientId: 'skc_1' }])
  })
})
