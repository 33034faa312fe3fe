import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bodyOf, headerOf } from '../../../test/hostile/message.js'
import { buildRequest, type RequestBuild, toolCall } from '../../../test/hostile/request.js'

import { type RawResponse, sendRaw } from '../../auth/test/raw-http.js'
import { tools } from '../src/tools/index.js'
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

const callOf = (name: string, args: object, _meta: object) => ({
  method: 'tools/call',
  params: { name, arguments: args, _meta },
})

/** What the answer says, in order. */
function messagesOf(response: RawResponse): unknown[] {
  const text = bodyOf(response)
  const events = text.split('\n').flatMap((line) => (line.startsWith('data: ') ? [line.slice(6)] : []))
  return (events.length > 0 || text === '' ? events : [text]).map((each) => JSON.parse(each))
}

/**
 * `tools/list` and `tools/call` are answered without an SDK server. A log level in `_meta`, which belongs to the envelope of
 * 2026-07-28, changes nothing about the answer and leaves the message to the SDK: both answers have to be the same.
 */
describe.each(['modern', 'legacy'] as const)('a message of the two methods, protocol era %s', (era) => {
  let server: ServerUnderTest
  let token: string

  beforeAll(async () => {
    server = await startServerUnderTest({ REQUESTS_PER_MINUTE: '1000000' })
    token = await server.token()
  })
  afterAll(() => server.close())

  const send = (build: RequestBuild, path = '/mcp'): Promise<RawResponse> => {
    const { host, port } = new URL(server.url)
    return sendRaw(Number(port), buildRequest({ ...build, path }, { names: { host, token }, era }))
  }
  const forSdk = ({ rpc, headers, ...build }: RequestBuild): RequestBuild => {
    const { _meta, ...params } = Object(rpc?.params) as { _meta?: object }
    const withLevel = { ...params, _meta: { ...Object(_meta), 'io.modelcontextprotocol/logLevel': 'info' } }
    return { ...build, ...(headers && { headers }), ...(rpc && { rpc: { ...rpc, params: withLevel } }) }
  }
  const seen = (response: RawResponse) => ({
    status: response.status,
    type: headerOf(response, 'content-type'),
    caching: headerOf(response, 'cache-control'),
    buffering: headerOf(response, 'x-accel-buffering'),
    limits: headerOf(response, 'ratelimit-policy'),
    messages: messagesOf(response),
  })
  const expectSame = async (build: RequestBuild, path?: string) => {
    const ours = seen(await send(build, path))
    expect(ours).toEqual(seen(await send(forSdk(build), path)))
    return { ...ours, message: ours.messages.at(-1) as Record<string, unknown> }
  }
  const isOurs = async (build: RequestBuild) => headerOf(await send(build), 'content-length') !== undefined

  test.each<[string, RequestBuild]>([
    ['a list', { rpc: { method: 'tools/list', params: {} } }],
    [
      'a list with a progress token',
      { rpc: { method: 'tools/list', params: { _meta: { progressToken: 7 } } } },
    ],
    ['a list without params', { rpc: { method: 'tools/list' } }],
    ['a read', toolCall('whoami', {})],
    ['a call with a progress token', { rpc: callOf('whoami', {}, { progressToken: 'p' }) }],
    [
      'a call of Claude Code',
      { rpc: callOf('whoami', {}, { progressToken: 3, 'claudecode/toolUseId': 'toolu_01' }) },
    ],
    [
      'a call of Codex',
      {
        rpc: callOf(
          'whoami',
          {},
          { progressToken: 0, callId: 'c', threadId: 't', 'x-codex-turn-metadata': {} },
        ),
      },
    ],
    ['a write', toolCall('create_organization', { name: '' })],
  ])('%s is answered without the SDK, and as the SDK does', async (_, build) => {
    expect(await isOurs(build)).toBe(true)
    expect(await isOurs(forSdk(build))).toBe(false)
    await expectSame(build)
  })

  test.each([
    '',
    '?toolsets=all',
    '?readonly=true',
    '?toolsets=users,docs',
    '?environment=env_100000000000000001',
  ])('lists the same tools with the query "%s"', async (query) => {
    const { message } = await expectSame(
      { rpc: { method: 'tools/list', params: {}, id: 'a"\u2028b' } },
      `/mcp${query}`,
    )
    expect(message).toMatchObject({
      id: 'a"\u2028b',
      result: { tools: expect.arrayContaining([expect.anything()]) },
    })
  })

  test('lists the same tools where the client declares that it shows views', async () => {
    const capabilities = {
      extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } },
    }
    const _meta = era === 'modern' ? { 'io.modelcontextprotocol/clientCapabilities': capabilities } : {}
    const build: RequestBuild = { rpc: { method: 'tools/list', params: { _meta } } }
    expect(await isOurs(build)).toBe(true)
    const { message } = await expectSame(build)
    expect(JSON.stringify(message)).toContain('ui://scalekit/list_organizations')
  })

  test('gives the same answer whatever tool is called with whatever arguments', async () => {
    const name = fc.oneof(
      fc.constantFrom(...tools.filter(({ effect }) => effect === 'read').map((tool) => tool.name)),
      fc.constantFrom('nope', '__proto__', 'whoami '),
    )
    const value = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constant('env_100000000000000001'),
      fc.constant('org_100000000000000001'),
    )
    const key = fc.constantFrom('environmentId', 'organizationId', 'pageSize', 'pageToken', 'query', 'x')
    const id = fc.oneof(fc.integer(), fc.string({ maxLength: 20 }))
    await fc.assert(
      fc.asyncProperty(name, fc.dictionary(key, value, { maxKeys: 3 }), id, async (tool, args, rpcId) => {
        await expectSame({
          rpc: { method: 'tools/call', params: { name: tool, arguments: args }, id: rpcId },
          sync_headers: true,
        })
      }),
      { numRuns: 150 },
    )
  })

  /** The SDK says what is missing of the envelope of 2026-07-28 under these versions, so a log level would be seen. */
  const OF_NOBODY: ReadonlySet<unknown> = new Set(['x', '2026-07-28'])

  test('gives the same answer to whatever envelope', async () => {
    const rare = <T>(usual: T, ...others: unknown[]) =>
      fc.oneof(
        { weight: 4, arbitrary: fc.constant<unknown>(usual) },
        { weight: 1, arbitrary: fc.constantFrom(...others) },
      )
    const odd = [null, 0, 1.5, true, '', 'x', [], {}, { x: 1 }]
    const key = fc.constantFrom(
      'progressToken',
      'com.example/x',
      'callId',
      'io.modelcontextprotocol/x',
      'traceparent',
    )
    const metaMembers = fc.dictionary(key, fc.constantFrom(...odd, 7), { maxKeys: 3 })
    const paramKey = fc.constantFrom(
      'cursor',
      'task',
      'requestState',
      'inputResponses',
      'more',
      'name',
      'arguments',
    )
    const message = fc.record({
      method: fc.constantFrom('tools/list', 'tools/call'),
      id: rare(1, 'a', '', -1, 2 ** 53, 1.5),
      name: rare('whoami', 'list_environments', 'nope', 7, null),
      args: rare({}, null, [], 'x', { pageSize: 'x' }, { environmentId: null }),
      metaMembers,
      noMeta: fc.boolean(),
      capabilities: rare(
        {},
        ...odd,
        { elicitation: {} },
        { elicitation: { form: 1 } },
        { roots: { listChanged: 'x' } },
      ),
      clientInfo: rare({ name: 'x', version: '1' }, ...odd, { name: 'x', version: '1', title: 'X' }),
      more: fc.dictionary(
        paramKey,
        fc.constantFrom(...odd, { k: { action: 'accept' } }, { k: { result: {} } }),
        { maxKeys: 1 },
      ),
      version: rare(
        undefined,
        null,
        '2025-06-18',
        '2025-03-26',
        '2024-11-05',
        '2025-01-01',
        '2026-07-28',
        'x',
      ),
      accept: rare(undefined, null, 'application/json', 'text/event-stream', '*/*'),
    })
    await fc.assert(
      fc.asyncProperty(
        message,
        async ({ method, id, name, args, metaMembers, noMeta, more, version, accept, ...who }) => {
          const identity =
            era === 'modern'
              ? {
                  'io.modelcontextprotocol/clientCapabilities': who.capabilities,
                  'io.modelcontextprotocol/clientInfo': who.clientInfo,
                }
              : {}
          const _meta = { ...identity, ...metaMembers }
          const own = method === 'tools/call' ? { name, arguments: args } : {}
          const hasNone = noMeta && era === 'legacy' && !OF_NOBODY.has(version)
          const params = { ...own, ...more, ...(hasNone ? {} : { _meta }) }
          await expectSame({
            rpc: { method, params, id },
            sync_headers: true,
            headers: {
              ...(version === undefined ? {} : { 'mcp-protocol-version': version as string | null }),
              ...(accept === undefined ? {} : { accept: accept as string | null }),
            },
          })
        },
      ),
      { numRuns: 200 },
    )
  })

  test('reports progress before the result of a write, where the client takes a stream', async () => {
    const args = {
      environmentId: 'env_100000000000000001',
      clientId: 'skc_100000000000000001',
      uri: 'https://app.acme.example/callback',
    }
    const call = (more: Partial<RequestBuild> = {}) => ({
      rpc: callOf('add_redirect_uri', args, { progressToken: 'p' }),
      ...more,
    })
    await send(call())
    const { messages, type } = await expectSame(call())
    expect(type).toBe('text/event-stream')
    expect(messages).toEqual([
      expect.objectContaining({
        method: 'notifications/progress',
        params: expect.objectContaining({ progressToken: 'p', progress: 0 }),
      }),
      expect.objectContaining({ result: expect.objectContaining({ structuredContent: expect.anything() }) }),
    ])
    const json = await expectSame(call({ headers: { accept: 'application/json' } }))
    expect([json.type, json.messages]).toEqual(['application/json', [messages[1]]])
  })

  test('creates once, whichever of the two answers', async () => {
    const args = {
      environmentId: 'env_100000000000000001',
      name: 'Once',
      idempotencyKey: 'the-same-key-again',
    }
    const { message } = await expectSame(toolCall('create_organization', args))
    expect(message.result).toMatchObject({ structuredContent: { organization: { displayName: 'Once' } } })
  })

  test.each<[string, RequestBuild]>([
    ['without arguments', { rpc: { method: 'tools/call', params: { name: 'whoami' } } }],
    ['with a cursor', { rpc: { method: 'tools/list', params: { cursor: 'x' } } }],
    ['with a name that is no string', { rpc: { method: 'tools/call', params: { name: 7, arguments: {} } } }],
    [
      'with arguments that are no object',
      { rpc: { method: 'tools/call', params: { name: 'whoami', arguments: [] } } },
    ],
    [
      'with a member that there is not',
      { rpc: { method: 'tools/call', params: { name: 'whoami', arguments: {}, more: 1 } } },
    ],
    [
      'that accepts neither JSON nor a stream',
      { rpc: { method: 'tools/list', params: {} }, headers: { accept: 'text/html' } },
    ],
    [
      'that accepts JSON alone',
      { rpc: { method: 'tools/list', params: {} }, headers: { accept: 'application/json' } },
    ],
    ['without Accept', { rpc: { method: 'tools/list', params: {} }, headers: { accept: null } }],
    [
      'of another version',
      { rpc: { method: 'tools/list', params: {} }, headers: { 'mcp-protocol-version': '2024-11-05' } },
    ],
    [
      'without a version',
      { rpc: { method: 'tools/list', params: {} }, headers: { 'mcp-protocol-version': null } },
    ],
    [
      'whose header names another method',
      { rpc: { method: 'tools/list', params: {} }, headers: { 'mcp-method': 'tools/call' } },
    ],
    [
      'whose header names another tool',
      {
        rpc: { method: 'tools/call', params: { name: 'whoami', arguments: {} } },
        headers: { 'mcp-name': 'list_environments' },
      },
    ],
    ['with a session', { rpc: { method: 'tools/list', params: {} }, headers: { 'mcp-session-id': 'abc' } }],
  ])('%s gets what the SDK answers', async (_, build) => {
    await expectSame(build)
  })
})
