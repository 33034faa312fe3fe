import type { AddressInfo } from 'node:net'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { McpServer as LegacyServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import {
  type Caller,
  callerIfAny,
  callerOf,
  createHttpServer,
  errorHandler,
  type HandlerContext,
  type ProtectOptions,
  protect,
} from '@scalekit-mcp/auth'
import express, { type Express, type Request, type RequestHandler } from 'express'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { eras } from '../../../test/harness/call-tool.js'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'
import type { Sdk } from './mcp-server.js'
import { messageIn, postJson } from './post-json.js'
import { post } from './protected-app.js'

type Protection = ReturnType<typeof protect>

const TOOLS = { time: [], hello: [], greet: ['user:read'], secret: [] }
const PUBLIC = ['time', 'hello']

/** What the four tools answer. */
const answerOf = (name: string) => (context: HandlerContext) => ({
  content: [{ type: 'text' as const, text: `${name} for ${callerIfAny(context)?.subject ?? 'a stranger'}` }],
})

function mcpHandler(sdk: Sdk, { tool }: Protection): RequestHandler {
  if (sdk === 'v2') {
    const handle = toNodeHandler(
      createMcpHandler(() => {
        const cacheHints = { 'tools/list': { ttlMs: 300_000, cacheScope: 'public' } } as const
        const server = new McpServer({ name: 'kit', version: '1.0.0' }, { cacheHints })
        for (const name of Object.keys(TOOLS)) server.registerTool(name, {}, tool(name, answerOf(name)))
        return server
      }),
    )
    return (req: Request, res) => handle(req, res, req.body)
  }
  return async (req: Request, res) => {
    const server = new LegacyServer({ name: 'kit', version: '1.0.0' })
    for (const name of Object.keys(TOOLS)) server.registerTool(name, {}, tool(name, answerOf(name)))
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: sdk === 'v1' })
    res.once('close', () => void server.close())
    await server.connect(transport as never)
    await transport.handleRequest(req, res, req.body)
  }
}

interface App {
  readonly resource: string
  /** The callers of the requests that reached the handler. */
  readonly callers: (Caller | undefined)[]
}

let authority: Authority
beforeAll(async () => {
  authority = await startAuthority()
})
afterAll(() => authority.close())

function protectWith(app: Express, resource: string, options: Partial<ProtectOptions> = {}): Protection {
  const protection = protect(app, {
    resource,
    issuers: [authority.issuer],
    scopes: ['user:read'],
    tools: TOOLS,
    publicTools: PUBLIC,
    ...options,
  })
  onTestFinished(() => protection.close())
  return protection
}

/** @returns the URL of the resource */
async function listen(app: Express): Promise<string> {
  const server = createHttpServer(app)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
}

async function startApp(sdk: Sdk, options: Partial<ProtectOptions> = {}): Promise<App> {
  const app = express()
  const resource = await listen(app)
  const callers: (Caller | undefined)[] = []
  const protection = protectWith(app, resource, options)
  app.post(protection.path, (req, _res, next) => {
    callers.push(callerIfAny(req))
    next()
  })
  app.post(protection.path, mcpHandler(sdk, protection))
  return { resource, callers }
}

const tokenFor = (resource: string, scope = 'user:read') =>
  mint(rsaKey, { iss: authority.issuer, aud: resource, scope })

const message = (method: string, params?: object) => ({
  jsonrpc: '2.0',
  id: 1,
  method,
  ...(params && { params }),
})
const call = (name: string) => message('tools/call', { name, arguments: {} })

describe.each<Sdk>(['v1', 'v1 with streams', 'v2'])('public tools on the MCP SDK %s', (sdk) => {
  describe.each(eras)('with the official client of %s', (era) => {
    async function connect({ resource }: App, token?: string): Promise<Client> {
      const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
      const info = { name: 'test', version: '1' }
      const client =
        era === '2026-07-28'
          ? new Client(info, { versionNegotiation: { mode: 'auto' } })
          : (new LegacyClient(info) as unknown as Client)
      const Transport = era === '2026-07-28' ? StreamableHTTPClientTransport : LegacyTransport
      await client.connect(new Transport(new URL(resource), { requestInit: { headers } }) as never)
      onTestFinished(() => client.close())
      return client
    }
    const namesOf = async (client: Client) => (await client.listTools()).tools.map(({ name }) => name).sort()
    const textOf = async (client: Client, name: string) => {
      const { content } = await client.callTool({ name, arguments: {} })
      return (content as { text: string }[])[0]?.text
    }

    test('without a token they are listed and called, and no other tool', async () => {
      const app = await startApp(sdk)
      const client = await connect(app)
      expect(await namesOf(client)).toEqual(['hello', 'time'])
      expect(await textOf(client, 'hello')).toBe('hello for a stranger')
      await expect(textOf(client, 'greet')).rejects.toThrow(/401|[Uu]nauthorized|access token/)
      await expect(textOf(client, 'secret')).rejects.toThrow(/401|[Uu]nauthorized|access token/)
      expect(app.callers.length).toBeGreaterThan(2)
      expect(app.callers.every((caller) => caller === undefined)).toBe(true)
    })

    test('with a token all tools are listed, and a public one knows its caller', async () => {
      const app = await startApp(sdk)
      const client = await connect(app, tokenFor(app.resource))
      expect(await namesOf(client)).toEqual(['greet', 'hello', 'secret', 'time'])
      expect(await textOf(client, 'hello')).toBe('hello for usr_1')
      expect(await textOf(client, 'greet')).toBe('greet for usr_1')
      expect(app.callers.every((caller) => caller?.subject === 'usr_1')).toBe(true)
    })
  })

  test.each([
    ['application/json', 'application/json'],
    ['text/event-stream', 'text/event-stream'],
    ['application/json, text/event-stream', 'application/json'],
  ])('without a token the list has no other tool, whatever is accepted: %s', async (accept, type) => {
    const { resource } = await startApp(sdk)
    const headers = { accept, 'mcp-protocol-version': '2025-11-25' }
    const answer = await postJson(resource, headers, message('tools/list'))
    expect(answer.text).not.toContain('greet')
    const listed = messageIn(answer)
    expect(listed.type).toBe(type)
    expect(listed.message).toMatchObject({ id: 1, result: { tools: [{ name: 'time' }, { name: 'hello' }] } })
  })

  test('a token that is sent is verified: a bad one is 401, also for a public tool', async () => {
    const { resource, callers } = await startApp(sdk)
    const expired = mint(rsaKey, { iss: authority.issuer, aud: resource, exp: 1 })
    for (const token of ['nonsense', expired]) {
      for (const one of [call('time'), message('tools/list'), message('ping')]) {
        const response = await post(resource, token, { body: JSON.stringify(one) })
        expect(response.status).toBe(401)
        expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"')
      }
    }
    expect(callers).toEqual([])
  })

  test('everything else is 401 without a token, with the challenge', async () => {
    const { resource, callers } = await startApp(sdk)
    const bodies = [
      ...[call('greet'), call('secret'), call('nothing'), call('constructor'), message('tools/call')],
      ...[message('resources/list'), message('prompts/list'), message('toString'), message('tools/list/')],
      ...[
        { ...call('time'), params: { name: ['time'] } },
        { ...call('time'), params: ['time'] },
      ],
      ...[[call('time')], { jsonrpc: '2.0', id: 1, result: {} }, { ...call('time'), extra: 1 }],
    ].map((body) => JSON.stringify(body))
    for (const body of [...bodies, 'nonsense', '', `"${'x'.repeat(300_000)}"`]) {
      const response = await post(resource, undefined, { body })
      expect([body.slice(0, 80), response.status]).toEqual([body.slice(0, 80), 401])
      expect(response.headers.get('www-authenticate')).toMatch(
        /^Bearer scope="user:read", resource_metadata="/,
      )
    }
    const asText = await post(resource, undefined, { headers: { 'content-type': 'text/plain' } })
    expect(asText.status).toBe(401)
    for (const authorization of ['Basic YTpi', 'DPoP abc', 'Bearer', '']) {
      const headers = { authorization }
      expect((await post(resource, undefined, { body: JSON.stringify(call('time')), headers })).status).toBe(
        401,
      )
    }
    const inQuery = await post(`${resource}?access_token=x`, undefined, {
      body: JSON.stringify(call('time')),
    })
    expect(inQuery.status).toBe(401)
    for (const method of ['GET', 'HEAD', 'DELETE', 'PUT']) {
      expect((await fetch(resource, { method })).status).toBe(401)
    }
    expect(callers).toEqual([])
  })
})

test.each([{ publicTools: undefined }, { publicTools: [] }])(
  'with %o every request needs a token, a list too',
  async (options) => {
    const { resource } = await startApp('v2', options)
    for (const one of [message('tools/list'), call('time'), message('ping'), message('initialize')]) {
      expect((await post(resource, undefined, { body: JSON.stringify(one) })).status).toBe(401)
    }
  },
)

test('a guard needs a token for a call of a public tool, too', async () => {
  const app = express()
  const resource = await listen(app)
  const auth = protectWith(app, resource)
  app.post(auth.path, auth.guard(), (req, res) => void res.json(callerOf(req).subject))
  const body = JSON.stringify(call('time'))
  expect((await post(resource, undefined, { body })).status).toBe(401)
  expect(await (await post(resource, tokenFor(resource), { body })).json()).toBe('usr_1')
})

test('callerOf throws for a call without a token', async () => {
  const app = express()
  const resource = await listen(app)
  const auth = protectWith(app, resource)
  const faults: unknown[] = []
  app.post(auth.path, (req, res) => void res.json(callerOf(req).subject))
  app.use(errorHandler((error) => faults.push(error)))
  expect((await post(resource, undefined, { body: JSON.stringify(call('time')) })).status).toBe(500)
  expect(faults.map(String)).toEqual([expect.stringContaining('No access token was verified for this call')])
})

test('a public tool serves no caller who was verified for another resource', async () => {
  const warnings: string[] = []
  const onWarning = (message: string) => warnings.push(message)
  const [here, other] = ['https://mcp.example.com/mcp', 'https://mcp.example.com/other'] as const
  const time = protectWith(express(), here, { onWarning }).tool('time', answerOf('time'))
  const caller = await protectWith(express(), other).verifier.verify(tokenFor(other))
  const sentence = `The token of this call was verified for ${other}, and not for ${here}`
  expect(() => time({ authInfo: { extra: { caller } } })).toThrow(sentence)
  expect(warnings).toEqual([expect.stringContaining(sentence)])
  expect(time({})).toEqual({ content: [{ type: 'text', text: 'time for a stranger' }] })
})

test('what is listed without a token is not cached for those who have one', async () => {
  const { resource } = await startApp('v2')
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' }
  const answer = await postJson(resource, headers, message('tools/list', { _meta }))
  expect(messageIn(answer).message).toMatchObject({
    result: { cacheScope: 'private', tools: [{ name: 'time' }, { name: 'hello' }] },
  })
})

test('calls without a token have the minute of their address; callers have their own', async () => {
  let address = '192.0.2.1'
  const app = await startApp('v2', { limits: { perMinute: 2 }, addressOf: () => address })
  const time = async (token?: string) =>
    (await post(app.resource, token, { body: JSON.stringify(call('time')) })).status
  expect([await time(), await time(), await time()]).toEqual([200, 200, 429])
  expect(await time(tokenFor(app.resource))).toBe(200)
  address = '192.0.2.2'
  expect(await time()).toBe(200)
})

test.each([
  [['time', 'tiem'], 'publicTools names tiem, which is not in tools'],
  [['greet'], 'publicTools names greet, which needs scopes: user:read'],
  [['toString'], 'publicTools names toString, which is not in tools'],
  ['time', 'publicTools must be a list of strings'],
])('publicTools %o is a TypeError at the start', (publicTools, sentence) => {
  const start = (tools?: ProtectOptions['tools']) =>
    protect(express(), {
      resource: 'https://mcp.example.com/mcp',
      issuers: ['https://auth.example.com'],
      scopes: [],
      ...(tools && { tools }),
      publicTools: publicTools as string[],
    })
  expect(() => start(TOOLS)).toThrow(TypeError)
  expect(() => start(TOOLS)).toThrow(sentence)
  expect(() => start()).toThrow(TypeError)
})
