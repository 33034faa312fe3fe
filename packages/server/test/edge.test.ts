import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { optInToolsets } from '../src/tool.js'
import { tools } from '../src/tools/index.js'
import { postCall } from './post-message.js'
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

let server: ServerUnderTest
let token: string
beforeAll(async () => {
  server = await startServerUnderTest()
  token = await server.token({ scopes: ['environment:read', 'organization:read'] })
})
afterAll(() => server.close())

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
}

interface Raw {
  readonly body?: unknown
  readonly text?: string
  readonly headers?: Record<string, string | undefined>
  readonly method?: string
  readonly query?: string
}

/** One request as it is on the wire; by default an authorized one of 2025-11-25. */
async function send({ body, text, headers = {}, method = 'POST', query = '' }: Raw) {
  const all: Record<string, string | undefined> = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...headers,
  }
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const payload = text ?? (body === undefined ? undefined : JSON.stringify(body))
  const response = await fetch(server.url + query, {
    method,
    headers: Object.fromEntries(given),
    ...(payload === undefined ? {} : { body: payload }),
  })
  const answer = await response.text()
  const json = answer.startsWith('event:') || answer.startsWith('data:') ? answer.split('data: ')[1] : answer
  return {
    status: response.status,
    headers: response.headers,
    text: answer,
    json: json ? JSON.parse(json) : undefined,
  }
}

const modern = (method: string, params: Record<string, unknown> = {}): Raw => ({
  body: { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } },
  headers: {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    ...(typeof params.name === 'string' ? { 'mcp-name': params.name } : {}),
  },
})

const legacy = (method: string, params: Record<string, unknown> = {}): Raw => ({
  body: { jsonrpc: '2.0', id: 1, method, params },
  headers: { 'mcp-protocol-version': '2025-11-25' },
})

describe('authorization at the edge', () => {
  test('a request without a token gets a bare challenge with the smallest useful scopes', async () => {
    const { status, headers } = await send({ ...legacy('tools/list'), headers: { authorization: undefined } })
    const challenge = headers.get('www-authenticate') ?? ''
    expect(status).toBe(401)
    expect(challenge).toMatch(/^Bearer /)
    expect(challenge).toContain('scope="environment:read organization:read"')
    expect(challenge).toContain(
      `resource_metadata="${new URL('/.well-known/oauth-protected-resource/mcp', server.url)}"`,
    )
    expect(challenge).not.toContain('error')
  })

  test('a bad token gets 401 invalid_token', async () => {
    const { status, headers, json } = await send({
      ...legacy('tools/list'),
      headers: { authorization: 'Bearer a.b.c' },
    })
    expect(status).toBe(401)
    expect(headers.get('www-authenticate')).toContain('error="invalid_token"')
    expect(json.error).toBe('invalid_token')
  })

  test.each([
    ['2026-07-28: what the call needs', modern, 'organization:write'],
    ['2025-11-25: with what the token has', legacy, 'environment:read organization:read organization:write'],
  ])('a call without its scope gets 403, in %s', async (_, make, asked) => {
    const request = make('tools/call', {
      name: 'create_organization',
      arguments: { environmentId: 'env_1', name: 'X' },
    })
    const { status, headers, json } = await send(request)
    expect(status).toBe(403)
    expect(json.error_description).toMatch(
      /organization:write\. Ask the user to sign in to this server again/,
    )
    expect(headers.get('www-authenticate')).toContain('error="insufficient_scope"')
    expect(headers.get('www-authenticate')).toContain(`, scope="${asked}"`)
  })

  test('a batch is refused, so that no message hides in it', async () => {
    const call = legacy('tools/call', { name: 'create_organization', arguments: {} }).body
    const { status, json } = await send({ body: [call] })
    expect(status).toBe(400)
    expect(json.error.code).toBe(-32600)
  })

  test('the metadata is at both well-known URLs, names the authorization server, and lists reads only', async () => {
    for (const path of [
      '/.well-known/oauth-protected-resource/mcp',
      '/.well-known/oauth-protected-resource',
    ]) {
      const response = await fetch(new URL(path, server.url))
      expect(await response.json()).toMatchObject({
        resource: server.url,
        authorization_servers: [`${server.local.url}/workspace/resources/res_100000000000000001`],
        scopes_supported: ['environment:read', 'organization:read'],
        bearer_methods_supported: ['header'],
      })
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
    }
  })

  test('the token of the caller is in no log line', () => {
    expect(server.log.length).toBeGreaterThan(0)
    expect(server.log.join('')).not.toContain(token.split('.')[2])
  })
})

describe('a request that is not right', () => {
  test('no JSON: -32700, as JSON, without a trace', async () => {
    const { status, json, text } = await send({ text: '{"jsonrpc": ' })
    expect(status).toBe(400)
    expect(json.error.code).toBe(-32700)
    expect(text).not.toMatch(/<|node_modules| at /)
  })

  test('another content type: 415', async () => {
    const { status } = await send({ ...legacy('tools/list'), headers: { 'content-type': 'text/plain' } })
    expect(status).toBe(415)
  })

  test.each(['GET', 'HEAD', 'DELETE', 'PUT'])(
    '%s: the challenge without a token, with one 405 with Allow',
    async (method) => {
      const unsigned = await send({ method, headers: { authorization: undefined } })
      expect(unsigned.status).toBe(401)
      expect(unsigned.headers.get('www-authenticate')).toContain('resource_metadata="')
      const { status, headers } = await send({ method })
      expect(status).toBe(405)
      expect(headers.get('allow')).toContain('POST')
    },
  )

  test.each([modern, legacy])('an unknown tool: -32602, and its name is not repeated', async (make) => {
    const { json, text } = await send(make('tools/call', { name: 'drop_everything', arguments: {} }))
    expect(json.error.code).toBe(-32602)
    expect(text).not.toContain('drop_everything')
  })

  test.each(['__proto__', 'constructor', 'toString'])('the tool %s is unknown too', async (name) => {
    const { json } = await send(legacy('tools/call', { name, arguments: {} }))
    expect(json.error.code).toBe(-32602)
  })

  test('an unknown method: 404 and -32601 in 2026-07-28', async () => {
    const { status, json } = await send(modern('tools/destroy'))
    expect(status).toBe(404)
    expect(json.error.code).toBe(-32601)
  })

  test.each([
    ['?readOnly=true', 'readonly'],
    ['?read_only=true', 'readonly'],
    ['?READ-ONLY=true', 'readonly'],
    ['?raedonly=true', 'readonly'],
    ['?ro=1', 'readonly'],
    ['?toolset=users', 'toolsets'],
    ['?tools=users', 'toolsets'],
    ['?Toolsets=users', 'toolsets'],
    ['?env=env_100000000000000001', 'environment'],
    ['?environmentId=env_100000000000000001', 'environment'],
    ['?enviroment=env_100000000000000001', 'environment'],
    ['?readonly=true&readOnly=false', 'readonly'],
    ['?toolsets=organizations&amp;readonly=true', 'readonly'],
    ['?x=1&amp;environment=env_100000000000000001', 'environment'],
    ['?mcp_readonly=true', 'readonly'],
    ['?view-only=true', 'readonly'],
    ['?mode=read-only', 'readonly'],
    ['?writes=false', 'readonly'],
    ['?x=1;readonly=true', 'readonly'],
    ['?a=1?toolsets=users', 'toolsets'],
    ['?exclude_tools=delete_organization', 'toolsets'],
    ['?%EF%BD%92%EF%BD%85%EF%BD%81%EF%BD%84%EF%BD%8F%EF%BD%8E%EF%BD%8C%EF%BD%99=true', 'readonly'],
  ])('the misspelled restriction %s is refused with the right name', async (query, right) => {
    const { status, json } = await send({ ...legacy('tools/list'), query })
    expect(status).toBe(400)
    expect(json.error_description).toContain(`write ${right}.`)
  })

  test('another parameter is left alone', async () => {
    expect((await send({ ...legacy('tools/list'), query: '?x=1&utm_source=docs' })).status).toBe(200)
  })

  test('a query that selects nothing known: 400 and what is possible', async () => {
    const { status, json } = await send({ ...legacy('tools/list'), query: '?toolsets=everything' })
    expect(status).toBe(400)
    expect(json.error_description).toContain('organizations')
  })

  test.each(['/', '/mcp/anything', '/sse'])('POST %s: 404 with the path of MCP, as JSON', async (path) => {
    const response = await fetch(new URL(path, server.url), { method: 'POST' })
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({
      error: 'not_found',
      error_description: expect.stringMatching(/MCP is at \/mcp\.$/),
    })
  })
})

describe('what the URL selects', () => {
  const names = async (query: string) =>
    (await send({ ...legacy('tools/list'), query })).json.result.tools.map(
      (tool: { name: string }) => tool.name,
    )

  test('readonly=true leaves out whatever changes data, and a call of it is refused', async () => {
    expect(await names('?readonly=true')).not.toContain('create_organization')
    const full = await server.token()
    const { error } = await server.call(
      '2026-07-28',
      'create_organization',
      { environmentId: 'env_1', name: 'X' },
      { token: full, query: '?readonly=true' },
    )
    expect(error).toMatchObject({ code: 'tool_not_available' })
  })

  test('toolsets=organizations leaves only that one', async () => {
    const expected = tools
      .filter(({ name, toolset }) => toolset === 'organizations' || name === 'wait_for_hand_off')
      .map(({ name }) => name)
    expect(expected).toContain('create_organization')
    expect(await names('?toolsets=organizations')).toEqual(expected)
  })

  test('opt-in toolsets are there only when they are named', async () => {
    const optIn = tools.filter(({ toolset }) => (optInToolsets as readonly string[]).includes(toolset))
    const all = tools.map(({ name }) => name)
    expect(await names('')).toEqual(all.filter((name) => !optIn.some((tool) => tool.name === name)))
    expect(await names('?toolsets=all')).toEqual(all)
  })

  test('environment= binds the connection: the argument is gone, and another environment is refused', async () => {
    const query = '?environment=env_100000000000000001'
    const { tools } = (await send({ ...legacy('tools/list'), query })).json.result
    const list = tools.find((tool: { name: string }) => tool.name === 'list_organizations')
    expect(list.inputSchema.properties.environmentId).toBeUndefined()
    const bound = await server.call('2025-11-25', 'list_organizations', {}, { query })
    expect(bound.ok).toBe(true)
    const other = await server.call(
      '2025-11-25',
      'list_organizations',
      { environmentId: 'env_100000000000000002' },
      { query },
    )
    expect(other.error).toMatchObject({ code: 'environment_not_available' })
  })
})

describe('health', () => {
  test('GET /health tells that it lives, with its version', async () => {
    const response = await fetch(new URL('/health', server.url))
    expect(await response.json()).toEqual({
      status: 'healthy',
      timestamp: expect.stringMatching(/Z$/),
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    })
  })

  test('GET /ready tells that the keys of the issuer are here', async () => {
    await expect.poll(async () => (await fetch(new URL('/ready', server.url))).status).toBe(200)
  })
})

describe('the limit of a caller', () => {
  test('a write takes five of its requests, and one that goes past it does not reach Scalekit', async () => {
    const limited = await startServerUnderTest({ REQUESTS_PER_MINUTE: '7' })
    try {
      const bearer = await limited.token()
      const environmentId = 'env_100000000000000001'
      const write = (name: string) =>
        postCall(limited.url, bearer, 'create_organization', { environmentId, name })
      const first = await write('Within the limit')
      expect(first.headers.get('ratelimit-policy')).toBe('"caller";q=7;w=60')
      expect(first.headers.get('ratelimit')).toMatch(/^"caller";r=2;t=\d+$/)
      const before = await limited.read('organizations?page_size=100', environmentId)
      const second = await write('Past the limit')
      expect(second.status).toBe(429)
      expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(JSON.parse(second.text)).toMatchObject({ error: 'rate_limited' })
      const after = await limited.read('organizations?page_size=100', environmentId)
      expect(after.total_size).toBe(before.total_size)
    } finally {
      await limited.close()
    }
  })
})
