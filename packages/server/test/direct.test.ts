import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { headerOf, messageOf } from '../../../test/hostile/message.js'
import { buildRequest, type RequestBuild } from '../../../test/hostile/request.js'

import { type RawResponse, sendRaw } from '../../auth/test/raw-http.js'
import { tools } from '../src/tools/index.js'
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

/**
 * Plain messages are answered without an SDK server. One more member in `_meta` makes a message unusual, so that the
 * SDK answers it: both answers have to be the same.
 */
describe.each(['modern', 'legacy'] as const)('a plain message, protocol era %s', (era) => {
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
  const unusual = ({ rpc, ...build }: RequestBuild): RequestBuild => ({
    ...build,
    ...(rpc && {
      rpc: { ...rpc, params: { ...rpc.params, _meta: { ...Object(rpc.params?._meta), 'com.example/x': 1 } } },
    }),
  })
  const seen = (response: RawResponse) => ({
    status: response.status,
    type: headerOf(response, 'content-type'),
    caching: headerOf(response, 'cache-control'),
    buffering: headerOf(response, 'x-accel-buffering'),
    limits: headerOf(response, 'ratelimit-policy'),
    message: messageOf(response),
  })
  const expectSame = async (build: RequestBuild, path?: string) => {
    const plain = seen(await send(build, path))
    expect(plain).toEqual(seen(await send(unusual(build), path)))
    return plain
  }

  test('is answered by us, an unusual one by the SDK', async () => {
    const list: RequestBuild = { rpc: { method: 'tools/list', params: {} } }
    expect(headerOf(await send(list), 'content-length')).toBeDefined()
    expect(headerOf(await send(unusual(list)), 'transfer-encoding')).toBe('chunked')
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
    const build: RequestBuild = { rpc: { method: 'tools/list', params: era === 'modern' ? { _meta } : {} } }
    expect(headerOf(await send(build), 'content-length')).toBeDefined()
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
      'that accepts nothing of ours',
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
