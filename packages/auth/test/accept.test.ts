import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHttpServer, protect } from '@scalekit-mcp/auth'
import { createProtection, nodeTransport } from '@scalekit-mcp/auth/server'
import express from 'express'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { accepting, type Wanted } from './accept-values.js'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'
import { mcpHandler, type Sdk, tools } from './mcp-server.js'
import { messageIn, type PlainAnswer, postJson } from './post-json.js'
import { toolCall } from './protected-app.js'

type Revision = '2025-11-25' | '2026-07-28' | 'no version'

let authority: Authority
beforeAll(async () => {
  authority = await startAuthority()
})
afterAll(() => authority.close())

const JSON_TYPE = 'application/json'
const STREAM_TYPE = 'text/event-stream'

describe.each<[Sdk, Revision, usual: string]>([
  ['v1', '2025-11-25', JSON_TYPE],
  ['v1', 'no version', JSON_TYPE],
  ['v1 with streams', '2025-11-25', STREAM_TYPE],
  ['v1 with streams', 'no version', STREAM_TYPE],
  ['v2', '2025-11-25', STREAM_TYPE],
  ['v2', 'no version', STREAM_TYPE],
  ['v2', '2026-07-28', JSON_TYPE],
])('Accept, on the MCP SDK %s, %s', (sdk, revision, usual) => {
  let token: string
  let send: (accept: readonly string[], message: object, bearer?: string) => Promise<PlainAnswer>
  let close: () => Promise<unknown>
  const calls: string[] = []

  beforeAll(async () => {
    const app = express()
    const server = createHttpServer(app)
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const { port } = server.address() as AddressInfo
    const resource = `http://127.0.0.1:${port}/mcp`
    const protection = protect(app, {
      resource,
      issuers: [authority.issuer],
      scopes: ['user:read'],
      tools,
      limits: { perMinute: 10_000 },
    })
    app.all(protection.path, mcpHandler(sdk, protection, calls))
    token = mint(rsaKey, { iss: authority.issuer, aud: resource, scope: 'user:read admin' })
    send = (accept, message, bearer = token) =>
      postJson(
        resource,
        {
          ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
          ...(accept.length > 0 ? { accept: [...accept] } : {}),
          ...versionHeaders(revision, message),
        },
        versioned(revision, message),
      )
    close = async () => {
      protection.close()
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    }
  })
  afterAll(() => close())
  beforeEach(() => {
    calls.length = 0
  })

  const messages: Record<string, object> = {
    'a list': { jsonrpc: '2.0', id: 7, method: 'tools/list', params: {} },
    'a call': {
      ...toolCall('greet', { name: 'Zoë' }),
      params: { name: 'greet', arguments: { name: 'Zoë' } },
    },
    'a write': { ...toolCall('reset'), params: { name: 'reset', arguments: {} } },
    'a call that fails': {
      ...toolCall('either'),
      params: { name: 'either', arguments: { scope: 'nobody:has' } },
    },
    'an unknown method': { jsonrpc: '2.0', id: 'x', method: 'tools/unknown', params: {} },
  }

  test.each(Object.keys(messages))('%s is answered in a type that the client accepts', async (name) => {
    const message = messages[name] ?? {}
    const first = await send([`${JSON_TYPE}, ${STREAM_TYPE}`], message)
    const isError = first.status !== 200
    expect(first.status).toBe(name === 'an unknown method' && revision === '2026-07-28' ? 404 : 200)
    const expected: Record<Wanted, string> = {
      both: usual,
      json: JSON_TYPE,
      stream: isError ? JSON_TYPE : STREAM_TYPE,
    }
    expect(messageIn(first)).toMatchObject({ type: expected.both, message: { id: Object(message).id } })
    for (const { accept, wanted } of accepting) {
      const response = await send(accept, message)
      expect([accept, response.status, messageIn(response)]).toEqual([
        accept,
        first.status,
        { type: expected[wanted], message: messageIn(first).message },
      ])
    }
  })

  test.each([
    'application/json;q=0',
    'text/html',
    '*/*;q=0',
    'image/*, text/plain',
    'application/json;q=0, text/event-stream;q=0',
    'application/*;q=0, text/event-stream; q=0.000, text/html',
    'application/json-patch+json, text/event-stream-x',
    'text/html;x="application/json, text/event-stream"',
    'garbage',
  ])('%s accepts neither type: 406, and nothing is called', async (accept) => {
    const response = await send([accept], messages['a call'] ?? {})
    expect([response.status, response.headers['content-type'], JSON.parse(response.text)]).toEqual([
      406,
      JSON_TYPE,
      {
        jsonrpc: '2.0',
        id: null,
        error: {
          code: -32600,
          message:
            'Answers are application/json or text/event-stream. Send Accept: application/json, text/event-stream.',
        },
      },
    ])
    expect(calls).toEqual([])
  })

  test('the token is checked first, and a notification has no answer to negotiate', async () => {
    const unauthorized = await send(['text/html'], messages['a call'] ?? {}, '')
    expect(unauthorized.status).toBe(401)
    expect(unauthorized.headers['www-authenticate']).toContain('Bearer')
    expect((await send(['text/html'], messages['a call'] ?? {}, 'x.y.z')).status).toBe(401)
    const notification = { jsonrpc: '2.0', method: 'notifications/initialized' }
    for (const accept of [JSON_TYPE, STREAM_TYPE]) {
      expect((await send([accept], notification)).status).toBe(202)
    }
  })

  test('a refusal after the negotiation stays JSON', async () => {
    const response = await send([STREAM_TYPE], toolCall('nope'))
    expect([response.status, messageIn(response).type]).toEqual([400, JSON_TYPE])
  })

  test('an Accept header of unusual length is refused before it is parsed', async () => {
    const response = await send(['a/b,'.repeat(257)], messages['a call'] ?? {})
    expect(response.status).toBe(431)
    expect(response.text).toContain('at most 1024 characters')
  })
})

function versionHeaders(revision: Revision, message: object): Record<string, string> {
  if (revision === 'no version') return {}
  if (revision === '2025-11-25') return { 'mcp-protocol-version': revision }
  const { method, params } = Object(message) as { method: string; params?: { name?: string } }
  return {
    'mcp-protocol-version': revision,
    'mcp-method': method,
    ...(params?.name ? { 'mcp-name': params.name } : {}),
  }
}

function versioned(revision: Revision, message: object): object {
  if (revision !== '2026-07-28') return message
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': revision,
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  return { ...message, params: { ...Object(message).params, _meta } }
}

/** Whatever a handler does with its response. */
describe('the answer of a handler, where the client accepts one type only', () => {
  type Handle = (req: IncomingMessage, res: ServerResponse) => unknown
  let close: (() => Promise<unknown>) | undefined

  afterEach(() => close?.())

  async function answerTo(accept: string, handle: Handle, message: object = toolCall()) {
    let listener: RequestListener = () => undefined
    const server = createServer((req, res) => listener(req, res))
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const { port } = server.address() as AddressInfo
    const resource = `http://127.0.0.1:${port}/mcp`
    const protection = createProtection({ resource, issuers: [authority.issuer], scopes: [] }, nodeTransport)
    listener = async (req, res) => {
      if ((await protection.admit(req, res)).outcome === 'admitted') handle(req, res)
    }
    close = async () => {
      protection.close()
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    }
    const response = await fetch(resource, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${mint(rsaKey, { iss: authority.issuer, aud: resource })}`,
        'content-type': 'application/json',
        accept,
      },
      body: JSON.stringify(message),
    })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }

  const stream = { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-cache' }
  const response = '{"jsonrpc":"2.0","id":1,"result":{"a":"Zoë","n":12345678901234567890}}'
  const progress = '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":1}}'
  const events = `: hello\n\nid: 1\ndata:\n\nevent: message\ndata: ${progress}\n\nid: 2\ndata: ${response}\n\n`

  test('the response of a stream is found in any chunks, and sent exactly', async () => {
    const bytes = Buffer.from(events)
    const { status, headers, text } = await answerTo(JSON_TYPE, (_, res) => {
      res.writeHead(200, { ...stream, 'Mcp-Session-Id': 's1' })
      res.flushHeaders()
      for (const byte of bytes) res.write(Buffer.of(byte))
      res.end()
    })
    expect([status, text]).toEqual([200, response])
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': JSON_TYPE,
      'content-length': String(Buffer.byteLength(response)),
      'mcp-session-id': 's1',
    })
    expect(headers.get('cache-control')).toBeNull()
  })

  test('it is sent when it comes, also when the handler leaves the stream open or writes on', async () => {
    const { text } = await answerTo(JSON_TYPE, (_, res) => {
      for (const [name, value] of Object.entries(stream)) res.setHeader(name, value)
      res.write(events)
      res.write(`data: ${progress}\n\n`)
    })
    expect(text).toBe(response)
  })

  test('a write is reported as done to the handler', async () => {
    const done: string[] = []
    const { text } = await answerTo(JSON_TYPE, (_, res) => {
      res.writeHead(200, 'Fine', ['Content-Type', 'text/event-stream'])
      res.write(`data: ${progress}\n\n`, 'utf8', () => {
        done.push('written')
        res.end(`data: ${response}\n\n`, () => done.push('ended'))
      })
    })
    expect(text).toBe(response)
    await expect.poll(() => done).toEqual(['written', 'ended'])
  })

  test('a stream that ends without a response is an error', async () => {
    const { status, text } = await answerTo(JSON_TYPE, (_, res) => {
      res.writeHead(200, stream).end(`data: ${progress}\n\n`)
    })
    expect([status, JSON.parse(text).error]).toEqual([
      500,
      { code: -32603, message: 'The call ended without a response.' },
    ])
  })

  test('a question to the client needs a stream', async () => {
    const question = '{"jsonrpc":"2.0","id":0,"method":"elicitation/create","params":{}}'
    const { status, text } = await answerTo(JSON_TYPE, (_, res) => {
      res.writeHead(200, stream).write(`data: ${question}\n\n`)
    })
    expect([status, JSON.parse(text).error.message]).toEqual([
      406,
      'The call asks the client a question, which needs a stream. Send Accept: application/json, text/event-stream.',
    ])
  })

  test('a subscription needs a stream', async () => {
    const called: string[] = []
    const listen = { jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params: {} }
    const { status, text } = await answerTo(JSON_TYPE, () => called.push('handler'), listen)
    expect([status, JSON.parse(text).error.message, called]).toEqual([
      406,
      'A subscription is a stream. Send Accept: application/json, text/event-stream.',
      [],
    ])
  })

  test('an error that follows the head of a stream is sent as it is', async () => {
    const { status, text } = await answerTo(JSON_TYPE, (_, res) => {
      res.writeHead(200, stream)
      res.writeHead(500, { 'Content-Type': 'application/json' }).end('{"error":"server_error"}')
    })
    expect([status, text]).toEqual([500, '{"error":"server_error"}'])
  })

  test.each<[string, Handle]>([
    [
      'in parts',
      (_, res) => res.writeHead(200, { 'Content-Type': JSON_TYPE }).write('{"a":') && res.end('1}'),
    ],
    ['with an implicit head', (_, res) => res.setHeader('Content-Type', JSON_TYPE).end('{"a":1}')],
    ['as bytes', (_, res) => res.setHeader('content-type', JSON_TYPE).end(Buffer.from('{"a":1}'))],
    [
      'in another encoding',
      (_, res) => res.setHeader('content-type', JSON_TYPE).end('7b2261223a317d', 'hex'),
    ],
  ])('a JSON document, written %s, becomes one event', async (_, handle) => {
    const { headers, text } = await answerTo(STREAM_TYPE, handle)
    expect([headers.get('content-type'), text]).toEqual([STREAM_TYPE, 'event: message\ndata: {"a":1}\n\n'])
    expect(headers.get('content-length')).toBe(String(text.length))
  })

  test('a JSON document with line breaks stays one event', async () => {
    const { text } = await answerTo(STREAM_TYPE, (_, res) =>
      res.setHeader('Content-Type', JSON_TYPE).end('{\r\n "a": 1,\n "b": 2\r}'),
    )
    expect(text).toBe('event: message\ndata: {\ndata:  "a": 1,\ndata:  "b": 2\ndata: }\n\n')
  })

  test.each([
    [JSON_TYPE, 202, 'text/plain', ''],
    [JSON_TYPE, 200, 'application/json', '{"a":1}'],
    [STREAM_TYPE, 400, 'application/json', '{"a":1}'],
    [STREAM_TYPE, 200, 'text/event-stream', 'data: 1\n\n'],
  ])('for %s, a %i of %s passes unchanged', async (accept, status, type, body) => {
    const answer = await answerTo(accept, (_, res) =>
      res.writeHead(status, { 'Content-Type': type }).end(body),
    )
    expect([answer.status, answer.headers.get('content-type'), answer.text]).toEqual([status, type, body])
  })

  test('an end without a type or a head passes unchanged', async () => {
    const plain = await answerTo(JSON_TYPE, (_, res) => res.end('plain'))
    expect([plain.text, plain.headers.get('content-length')]).toEqual(['plain', '5'])
    await close?.()
    const flushed = await answerTo(JSON_TYPE, (_, res) => {
      res.flushHeaders()
      res.end('late')
    })
    expect(flushed.text).toBe('late')
  })
})
