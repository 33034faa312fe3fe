import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest({ LEGACY_SESSIONS: '1' })
})
afterAll(() => server.close())

async function send(token: string, body: unknown, headers: Record<string, string> = {}, method = 'POST') {
  const response = await fetch(server.url, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return {
    status: response.status,
    session: response.headers.get('mcp-session-id'),
    text: await response.text(),
  }
}

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
}
const listTools = { jsonrpc: '2.0', id: 2, method: 'tools/list' }

describe('sessions of 2025-11-25', () => {
  test('begin with initialize and go on with the id', async () => {
    const token = await server.token()
    const { status, session } = await send(token, initialize)
    expect(status).toBe(200)
    expect(session).toMatch(/^[0-9a-f-]{36}$/)
    expect((await send(token, listTools, { 'mcp-session-id': session ?? '' })).text).toContain('whoami')
  })

  test('exist only for the caller who began them', async () => {
    const { session } = await send(await server.token(), initialize)
    const headers = { 'mcp-session-id': session ?? '' }
    for (const other of [{ subject: 'viewer@example.com' }, { claims: { client_id: 'another_client' } }]) {
      const token = await server.token(other)
      expect((await send(token, listTools, headers)).status).toBe(404)
      expect((await send(token, undefined, headers, 'DELETE')).status).toBe(404)
    }
    expect((await send(await server.token(), listTools, headers)).status).toBe(200)
  })

  test('use the scopes of the token of each message, not of the first', async () => {
    const { session } = await send(await server.token(), initialize)
    const reader = await server.token({ scopes: ['organization:read'] })
    const write = {
      jsonrpc: '2.0',
      id: 3,
      method: 'tools/call',
      params: { name: 'create_organization', arguments: { environmentId: 'env_1', name: 'X' } },
    }
    expect((await send(reader, write, { 'mcp-session-id': session ?? '' })).status).toBe(403)
  })

  test('end with DELETE', async () => {
    const token = await server.token()
    const { session } = await send(token, initialize)
    const headers = { 'mcp-session-id': session ?? '' }
    expect((await send(token, undefined, headers, 'DELETE')).status).toBe(200)
    expect((await send(token, listTools, headers)).status).toBe(404)
  })

  test('are not needed for 2026-07-28', async () => {
    expect((await server.call('2026-07-28', 'whoami')).ok).toBe(true)
  })

  test('without a session, and without initialize, a message of 2025 is refused with what to do', async () => {
    const { status, text } = await send(await server.token(), listTools)
    expect(status).toBe(400)
    expect(text).toContain('Initialize first')
  })
})

describe('Accept in a session', () => {
  test.each(['application/json', 'text/event-stream', '*/*'])('%s is served', async (accept) => {
    const token = await server.token()
    const begun = await send(token, initialize, { accept })
    expect(begun.status).toBe(200)
    expect(begun.text.startsWith('{')).toBe(accept === 'application/json')
    const { status, text } = await send(token, listTools, { accept, 'mcp-session-id': begun.session ?? '' })
    expect([status, text.startsWith('{')]).toEqual([200, accept === 'application/json'])
    expect(text).toContain('whoami')
  })
})
