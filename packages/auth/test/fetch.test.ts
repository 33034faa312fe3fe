import {
  AuthError,
  callerOf,
  type FetchHandler,
  insufficientScope,
  mcpAuth,
  type ProtectOptions,
  type Refusal,
} from '@scalekit-mcp/auth/fetch'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Authority, mint, rsaKey, startAuthority } from './authority.js'
import { toolCall } from './protected-app.js'

const resource = 'https://mcp.example.com/mcp'
const JSON_TYPE = 'application/json'
const STREAM_TYPE = 'text/event-stream'
const answer = { jsonrpc: '2.0', id: 1, result: { tools: [{ name: 'search' }, { name: 'edit' }] } }

let authority: Authority
beforeAll(async () => {
  authority = await startAuthority()
})
afterAll(() => authority.close())

const tokenWith = (scope = 'user:read') => mint(rsaKey, { iss: authority.issuer, aud: resource, scope })

function protectedBy(options: Partial<ProtectOptions<Request>> = {}) {
  const auth = mcpAuth({
    resource,
    issuers: [authority.issuer],
    scopes: ['user:read'],
    tools: { search: [], edit: ['user:read'] },
    ...options,
  })
  onTestFinished(auth.close)
  return auth
}

function requestOf(
  init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string>; token?: string | undefined } = {},
): Request {
  const { token = tokenWith(), headers, ...rest } = init
  return new Request(resource, {
    method: 'POST',
    body: JSON.stringify(toolCall('edit')),
    ...rest,
    headers: {
      host: 'mcp.example.com',
      'content-type': JSON_TYPE,
      ...('token' in init && init.token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
  })
}

/** A stream of events that goes on when it is told to. */
function eventsOf(...messages: readonly object[]) {
  let cancelled = false
  let sent = 0
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const message = messages[sent++]
      if (message) controller.enqueue(encoder.encode(`data: ${JSON.stringify(message)}\n\n`))
    },
    cancel() {
      cancelled = true
    },
  })
  const response = new Response(body, { headers: { 'content-type': STREAM_TYPE } })
  return { response, isCancelled: () => cancelled }
}

describe('the answer of a handler', () => {
  test('is streamed, with its own headers and those of the protection', async () => {
    const { response } = eventsOf({ method: 'notifications/progress' })
    response.headers.append('set-cookie', 'a=1')
    response.headers.append('set-cookie', 'b=2')
    const fetch = protectedBy({ allowedOrigins: ['https://app.example.com'] }).protect(() => response)
    const received = await fetch(requestOf({ headers: { origin: 'https://app.example.com' } }))
    expect(Object.fromEntries(received.headers)).toMatchObject({
      'content-type': STREAM_TYPE,
      'access-control-allow-origin': 'https://app.example.com',
      ratelimit: expect.stringMatching(/^"caller";r=599;t=\d+$/),
    })
    expect(received.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    // The stream has not ended: what was written is there nevertheless.
    const reader = received.body?.getReader()
    const { value } = (await reader?.read()) ?? {}
    expect(new TextDecoder().decode(value)).toContain('notifications/progress')
    await reader?.cancel()
  })

  test('is one JSON document for a client that accepts no stream, as soon as the response is there', async () => {
    const { response, isCancelled } = eventsOf({ jsonrpc: '2.0', method: 'notifications/progress' }, answer)
    const received = await protectedBy().protect(() => response)(
      requestOf({ headers: { accept: JSON_TYPE } }),
    )
    expect(received.headers.get('content-type')).toBe(JSON_TYPE)
    expect(await received.json()).toEqual(answer)
    expect(isCancelled()).toBe(true)
  })

  test('is a stream of one event for a client that accepts nothing else', async () => {
    const fetch = protectedBy().protect(() => Response.json(answer))
    const received = await fetch(requestOf({ headers: { accept: STREAM_TYPE } }))
    expect(received.headers.get('content-type')).toBe(STREAM_TYPE)
    expect(await received.text()).toBe(`event: message\ndata: ${JSON.stringify(answer)}\n\n`)
  })

  test('keeps what it varies by next to what the protection varies by', async () => {
    const fetch = protectedBy({ allowedOrigins: ['https://app.example.com'] }).protect(() =>
      Response.json(answer, { headers: { vary: 'accept-encoding' } }),
    )
    const received = await fetch(requestOf({ headers: { origin: 'https://app.example.com' } }))
    expect(received.headers.get('vary')).toBe('Origin, accept-encoding')
  })

  test('is cancelled when the client of one JSON document is gone', async () => {
    const { response, isCancelled } = eventsOf({ jsonrpc: '2.0', method: 'notifications/progress' })
    const client = new AbortController()
    const request = new Request(requestOf({ headers: { accept: JSON_TYPE } }), { signal: client.signal })
    const received = protectedBy().protect(() => {
      queueMicrotask(() => client.abort())
      return response
    })(request)
    await received
    expect(isCancelled()).toBe(true)
  })

  test.each([202, 204, 400])('of status %i goes through as it is', async (status) => {
    const body = status === 204 ? null : '{"a":1}'
    const given = () =>
      new Response(body, { status, statusText: 'Own', headers: { 'content-type': JSON_TYPE } })
    for (const accept of [JSON_TYPE, STREAM_TYPE, `${JSON_TYPE}, ${STREAM_TYPE}`]) {
      const received = await protectedBy().protect(given)(requestOf({ headers: { accept } }))
      expect([received.status, received.statusText, await received.text()]).toEqual([
        status,
        'Own',
        body ?? '',
      ])
    }
  })

  test('lists public tools only for a call without a token', async () => {
    const fetch = protectedBy({ publicTools: ['search'] }).protect(() => Response.json(answer))
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
    const listed = async (token?: string) => (await fetch(requestOf({ body, token }))).json()
    expect(await listed()).toEqual({ ...answer, result: { tools: [{ name: 'search' }] } })
    expect(await listed(tokenWith())).toEqual(answer)
  })
})

describe('a handler', () => {
  test('gets the request with its body, what it accepts for the SDKs, its signal and the caller', async () => {
    const ending = new AbortController()
    const fetch = protectedBy().protect(async (request, call) => {
      ending.abort()
      const { method, headers, signal } = request
      return Response.json({
        body: await request.json(),
        parsed: call.parsedBody,
        method,
        accept: headers.get('accept'),
        aborted: signal.aborted,
        token: call.authInfo?.token,
        subject: callerOf(call).subject,
      })
    })
    const received = await fetch(requestOf({ headers: { accept: '*/*;q=0.5' }, signal: ending.signal }))
    const message = toolCall('edit')
    expect(await received.json()).toEqual({
      body: message,
      parsed: message,
      method: 'POST',
      accept: `${JSON_TYPE}, ${STREAM_TYPE}`,
      aborted: true,
      token: '[redacted]',
      subject: 'usr_1',
    })
  })

  test('refuses by an AuthError, and sends nothing of its own then', async () => {
    const fetch = protectedBy().protect(() => {
      throw insufficientScope(['user:write'])
    })
    for (const accept of [JSON_TYPE, STREAM_TYPE]) {
      const received = await fetch(requestOf({ headers: { accept, 'mcp-protocol-version': '2026-07-28' } }))
      expect([received.status, received.headers.get('content-type')]).toEqual([403, JSON_TYPE])
      expect(received.headers.get('www-authenticate')).toContain('scope="user:write"')
    }
  })

  test('that returns no response is a mistake of the app', async () => {
    for (const nothing of [undefined, null, answer]) {
      await expect(protectedBy().protect(() => nothing as never)(requestOf())).rejects.toThrow(
        'The handler returned no Response',
      )
    }
  })

  test('that is no function is a TypeError at the start', () => {
    const auth = protectedBy()
    const server = { fetch: () => Response.json(answer) } as never
    for (const wrong of [() => auth.protect(server), () => auth.guard('a')(server)]) {
      expect(wrong).toThrow('The handler must be a function: auth.')
    }
    expect(() => auth.protect(() => Response.json(answer), server)).toThrow('The handler must be a function')
  })

  test('that fails leaves its error to the runtime', async () => {
    const fault = new Error('password=hunter2')
    const fails: FetchHandler = () => {
      throw fault
    }
    await expect(protectedBy().protect(fails)(requestOf())).rejects.toBe(fault)
    await expect(protectedBy().guard()(fails)(requestOf({ body: null, method: 'POST' }))).rejects.toBe(fault)
  })

  test('takes further points, and is refused when there are none left', async () => {
    const auth = protectedBy({ limits: { perMinute: 5 } })
    const fetch = auth.protect(async (_, call) => (await auth.charge(call, 3)) ?? Response.json(answer))
    expect((await fetch(requestOf())).status).toBe(200)
    const refused = await fetch(requestOf())
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([
      429,
      expect.stringMatching(/^\d+$/),
    ])
    expect(refused.headers.get('ratelimit')).toContain('r=0')
    await expect(auth.charge({}, 1)).rejects.toThrow('No access token was verified')
    const other = protectedBy()
    const foreign = other.protect(async (_, call) => (await auth.charge(call, 1)) ?? Response.json(answer))
    await expect(foreign(requestOf())).rejects.toThrow('not one of this mcpAuth')
  })

  test('knows whether a revocation would be known', async () => {
    const tools = { edit: { scopes: ['user:read'], readOnly: true } }
    const introspectionUrl = `${authority.issuer}/nothing-here`
    const revocation = { introspectionUrl, clientId: 'c', clientSecret: 's' }
    const auth = protectedBy({ tools, revocation, onWarning: () => undefined })
    const fetch = auth.protect((_, call) => auth.requireFresh(call) ?? Response.json(answer))
    expect((await fetch(requestOf())).status).toBe(503)
    const fresh = protectedBy()
    const good = fresh.protect((_, call) => fresh.requireFresh(call) ?? Response.json(answer))
    expect((await good(requestOf())).status).toBe(200)
  })
})

describe('a request', () => {
  test('whose body was read before is a mistake of the app', async () => {
    const reported: Refusal[] = []
    const fetch = protectedBy({ onRefused: (refusal) => reported.push(refusal) }).protect(() =>
      Response.json(answer),
    )
    const request = requestOf()
    await request.text()
    expect((await fetch(request)).status).toBe(500)
    expect(String(reported[0]?.cause)).toContain('The body was read before mcpAuth')
  })

  test('is read no further than 256 KiB', async () => {
    let pulled = 0
    let cancelled = false
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++
        controller.enqueue(new Uint8Array(64 * 1024).fill(0x20))
      },
      cancel() {
        cancelled = true
      },
    })
    const received = await protectedBy().protect(() => Response.json(answer))(
      requestOf({ body, duplex: 'half' } as never),
    )
    expect(received.status).toBe(413)
    expect(cancelled).toBe(true)
    expect(pulled).toBeLessThan(9)
  })

  test('that breaks off is refused', async () => {
    const body = new ReadableStream({
      pull() {
        throw new Error('gone')
      },
    })
    const received = await protectedBy().protect(() => Response.json(answer))(
      requestOf({ body, duplex: 'half' } as never),
    )
    expect([received.status, await received.json()]).toEqual([
      400,
      expect.objectContaining({ error_description: 'The body broke off.' }),
    ])
  })

  test('is counted under the address that the runtime gives', async () => {
    const auth = protectedBy({
      limits: { failuresPerMinute: 1 },
      addressOf: (request) => request.headers.get('x-address') ?? '',
    })
    const fetch = auth.protect(() => Response.json(answer))
    const bad = (address: string) => fetch(requestOf({ token: 'a.b.c', headers: { 'x-address': address } }))
    expect((await bad('192.0.2.1')).status).toBe(401)
    expect((await bad('192.0.2.1')).status).toBe(429)
    expect((await bad('192.0.2.2')).status).toBe(401)
  })

  test('is for the host that the client has sent, where the URL has the one of the process', async () => {
    const fetch = protectedBy().protect(() => Response.json(answer))
    const at = (host: string) =>
      fetch(new Request('http://localhost:3000/mcp', requestOf({ headers: { host } })))
    expect((await at('mcp.example.com')).status).toBe(200)
    expect((await at('localhost:3000')).status).toBe(421)
    expect((await fetch(requestOf({ headers: { host: 'evil.example' } }))).status).toBe(421)
  })

  test('for another host is refused', async () => {
    const fetch = protectedBy().protect(() => Response.json(answer))
    const request = new Request('https://evil.example/mcp', { method: 'POST' })
    expect((await fetch(request)).status).toBe(421)
  })
})

test('options are checked as everywhere', () => {
  expect(() => mcpAuth(undefined as never)).toThrow('Give options: mcpAuth({')
  expect(() => protectedBy({ addressOf: 'x' as never })).toThrow('addressOf must be a function')
  expect(() => protectedBy().guard('two words')).toThrow(TypeError)
  expect(new AuthError('no_organization', 'x')).toBeInstanceOf(Error)
})
