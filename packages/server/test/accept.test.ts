import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accepting, type Wanted } from '../../auth/test/accept-values.js'
import { messageIn, postJson } from '../../auth/test/post-json.js'
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

type Revision = '2025-11-25' | '2026-07-28' | 'no version'

const DEV = 'env_100000000000000001'
const BOTH = 'application/json, text/event-stream'

let server: ServerUnderTest
let token: string
beforeAll(async () => {
  server = await startServerUnderTest({ REQUESTS_PER_MINUTE: '1000000' })
  token = await server.token()
})
afterAll(() => server.close())

const call = (name: string, args: object) => ({ method: 'tools/call', params: { name, arguments: args } })

/** What is asked for, who answers it, and how it ends. */
const requests: Record<string, { method: string; params: Record<string, unknown> }> = {
  'a list, directly': { method: 'tools/list', params: {} },
  'a list, by the SDK': { method: 'resources/list', params: {} },
  'a read, directly': call('list_organizations', { environmentId: DEV }),
  'a read, by the SDK': {
    method: 'tools/call',
    params: { ...call('whoami', {}).params, _meta: { 'com.example/x': 1 } },
  },
  'a write': call('create_organization', {
    environmentId: DEV,
    name: 'Zoë & Co',
    idempotencyKey: 'accept-0123456789',
  }),
  'a read that fails, directly': call('get_organization_details', {
    environmentId: DEV,
    organizationId: 'org_999',
  }),
  'a write that fails': call('delete_organization', { environmentId: DEV, organizationId: 'org_999' }),
  'an unknown tool': call('nope', {}),
  'an unknown method': { method: 'tools/unknown', params: {} },
}

function post(
  revision: Revision,
  accept: readonly string[],
  { method, params }: { method: string; params: Record<string, unknown> },
  headers: Record<string, string> = {},
) {
  const modern = revision === '2026-07-28'
  const _meta = {
    ...Object(params._meta),
    'io.modelcontextprotocol/protocolVersion': revision,
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  return postJson(
    server.url,
    {
      authorization: `Bearer ${token}`,
      ...(accept.length > 0 ? { accept: [...accept] } : {}),
      ...(revision === 'no version' ? {} : { 'mcp-protocol-version': revision }),
      ...(modern ? { 'mcp-method': method } : {}),
      ...(modern && params.name ? { 'mcp-name': String(params.name) } : {}),
      ...headers,
    },
    { jsonrpc: '2.0', id: 'a"b', method, params: modern ? { ...params, _meta } : params },
  )
}

describe.each<[Revision, usual: string]>([
  ['2026-07-28', 'application/json'],
  ['2025-11-25', 'text/event-stream'],
  ['no version', 'text/event-stream'],
])('Accept, %s', (revision, usual) => {
  test.each(Object.keys(requests))('%s is answered in a type that the client accepts', async (name) => {
    const request = requests[name] ?? { method: '', params: {} }
    const first = await post(revision, [BOTH], request)
    const isHttpError = first.status !== 200
    expect(first.status).toBe(name === 'an unknown method' && revision === '2026-07-28' ? 404 : 200)
    const expected: Record<Wanted, string> = {
      both: isHttpError ? 'application/json' : usual,
      json: 'application/json',
      stream: isHttpError ? 'application/json' : 'text/event-stream',
    }
    const { message } = messageIn(first)
    expect(message).toMatchObject({ id: 'a"b' })
    expect(Object(Object(message).result).isError === true).toBe(/that fails/.test(name))
    for (const { accept, wanted } of accepting) {
      const answer = await post(revision, accept, request)
      expect([accept, answer.status, messageIn(answer)]).toEqual([
        accept,
        first.status,
        { type: expected[wanted], message },
      ])
    }
  })

  test.each(['application/json;q=0', 'text/html', '*/*;q=0', 'application/jsonp, text/event-streams'])(
    '%s is 406 with what to accept, and nothing is done',
    async (accept) => {
      for (const request of Object.values(requests)) {
        const answer = await post(revision, [accept], request)
        expect([answer.status, JSON.parse(answer.text)]).toEqual([
          406,
          {
            jsonrpc: '2.0',
            id: null,
            error: { code: -32600, message: expect.stringContaining(`Send Accept: ${BOTH}.`) },
          },
        ])
      }
    },
  )

  test('a missing token is 401 before any 406', async () => {
    const answer = await post(revision, ['text/html'], requests['a write'] as never, { authorization: '' })
    expect(answer.status).toBe(401)
  })
})

test('a list in one type is sent with its length', async () => {
  for (const revision of ['2026-07-28', '2025-11-25', 'no version'] as const) {
    for (const accept of ['application/json', 'text/event-stream']) {
      const { headers, text } = await post(revision, [accept], { method: 'tools/list', params: {} })
      expect([headers['content-type'], headers['content-length']]).toEqual([
        accept,
        String(Buffer.byteLength(text)),
      ])
    }
  }
})

test('what a load test sends, ten at a time, is answered with 200 each', async () => {
  const headers = { authorization: `Bearer ${token}` }
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }
  const statuses: number[] = []
  const connection = async () => {
    for (let i = 0; i < 20; i++) statuses.push((await postJson(server.url, headers, message)).status)
  }
  await Promise.all(Array.from({ length: 10 }, connection))
  expect(statuses).toEqual(Array.from({ length: 200 }, () => 200))
})
