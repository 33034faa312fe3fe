import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postMessage } from './post-message.js'
import { eras, type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

let server: ServerUnderTest
let token: string
beforeAll(async () => {
  server = await startServerUnderTest()
  token = await server.token()
})
afterAll(() => server.close())

/** The JSON-RPC message that answers a body. */
async function answerTo(body: unknown): Promise<{ id: unknown; error?: { code: number; message: string } }> {
  const response = await fetch(server.url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  return JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text)
}

describe('the answer to a message that breaks a rule has its id', () => {
  test.each([
    ['params null', { jsonrpc: '2.0', id: 7, method: 'tools/list', params: null }],
    ['params an array', { jsonrpc: '2.0', id: 'seven', method: 'tools/list', params: [] }],
    ['another version', { jsonrpc: '1.0', id: 7, method: 'tools/list' }],
    ['an unknown member', { jsonrpc: '2.0', id: 7, method: 'tools/list', extra: 1 }],
    ['no method', { jsonrpc: '2.0', id: 7 }],
  ])('%s', async (_, body) => {
    expect(await answerTo(body)).toMatchObject({ id: body.id, error: { code: -32600 } })
  })

  test.each([
    ['an id of a wrong type', { jsonrpc: '2.0', id: {}, method: 'tools/list' }],
    ['an id that is too long', { jsonrpc: '2.0', id: 'x'.repeat(129), method: 'tools/list' }],
    ['no object', 'tools/list'],
  ])('%s: null', async (_, body) => {
    expect(await answerTo(body)).toMatchObject({ id: null, error: { code: -32600 } })
  })
})

describe('parameters that break a rule are -32602, in a sentence', () => {
  const lists = ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list']
  const oneSentence = /^params[^\n{}]{5,150}\.$/

  test.each(eras.flatMap((era) => lists.map((method) => ({ era, method }))))(
    '$method with a cursor over $era',
    async ({ era, method }) => {
      for (const cursor of ['nonsense', 5, null, {}]) {
        const { message } = await postMessage(server.url, token, method, { cursor }, { era })
        expect([cursor, message.error]).toMatchObject([
          cursor,
          { code: -32602, message: expect.stringMatching(oneSentence) },
        ])
      }
      const { message } = await postMessage(server.url, token, method, { cursor: '' }, { era })
      expect(message.error).toBeUndefined()
    },
  )

  test.each([
    ['initialize', { protocolVersion: 5, capabilities: {}, clientInfo: { name: 'x', version: '1' } }],
    ['initialize', { protocolVersion: '2025-11-25', capabilities: {} }],
    [
      'initialize',
      {
        protocolVersion: '2025-11-25',
        capabilities: { elicitation: 5 },
        clientInfo: { name: 'x', version: '1' },
      },
    ],
    ['tools/call', { name: 5 }],
    ['tools/call', { name: 'whoami', arguments: null }],
    ['prompts/get', { name: 5 }],
    ['resources/read', { uri: 5 }],
    ['completion/complete', { ref: 5 }],
  ])('%s %o', async (method, params) => {
    const { id, error } = await answerTo({ jsonrpc: '2.0', id: 7, method, params })
    expect([id, error]).toMatchObject([7, { code: -32602, message: expect.stringMatching(oneSentence) }])
  })

  test.each([
    { elicitation: 'x' },
    { elicitation: { form: 5 } },
    { elicitation: { form: { applyDefaults: 'x' } } },
    { roots: { listChanged: 'x' } },
    { sampling: null },
    { extensions: { x: 5 } },
    [],
  ])('capabilities %o are refused for every method', async (capabilities) => {
    for (const method of ['tools/list', 'prompts/list']) {
      const options = { era: '2026-07-28', capabilities: capabilities as Record<string, unknown> } as const
      const { status, message } = await postMessage(server.url, token, method, {}, options)
      expect([method, status, message.error?.code]).toEqual([method, 400, -32602])
    }
  })
})
