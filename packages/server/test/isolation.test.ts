import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { measure } from '../../../test/harness/measure.js'
import { untilAnswered } from '../../../test/harness/until-answered.js'
import { defineTool, type ToolDefinition } from '../src/tool.js'
import { tools } from '../src/tools/index.js'
import { interleaveCalls, markersIn, tellSteps } from './interleaved-calls.js'
import { type Posted, postCall, postMessage, toolErrorOf } from './post-message.js'
import { eras, type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

const DEV = 'env_100000000000000001'

/** Is under way until the test lets it go on. */
let held: { readonly began: () => void; readonly release: Promise<void> } | undefined
const hold: ToolDefinition = defineTool({
  name: 'hold',
  title: 'Hold',
  description: 'Waits until it is released.',
  toolset: 'workspace',
  scopes: [],
  effect: 'read',
  input: z.object({ marker: z.string().max(40) }),
  output: z.object({ marker: z.string() }),
  async run({ marker }) {
    held?.began()
    await held?.release
    return { marker }
  },
})

let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest({ REQUESTS_PER_MINUTE: '1000000' }, [...tools, tellSteps, hold])
})
afterAll(() => server.close())

const callerOf = (number: number) => server.token({ claims: { client_id: `marker-${number}-` } })
const isForeign = ({ text }: Pick<Posted, 'text'>, number: number) =>
  [...markersIn(text)].some((marker) => marker !== `marker-${number}-`)

test('200 clients at once with equal ids: nothing of one is in the answer of another', async () => {
  const tokens = await Promise.all(Array.from({ length: 200 }, (_, number) => callerOf(number)))
  const answers = await Promise.all(
    tokens.map(async (token, number) => {
      const create = { environmentId: DEV, name: `marker-${number}-` }
      const [era, other] = number % 2 === 0 ? eras : eras.toReversed()
      const posts = [
        await untilAnswered(() => postCall(server.url, token, 'whoami', {}, { era, id: 1 })),
        await untilAnswered(() => postCall(server.url, token, 'whoami', {}, { era: other, id: 1 })),
        await untilAnswered(() => postCall(server.url, token, 'create_organization', create, { era, id: 1 })),
      ]
      return posts.map((posted) => ({ number, posted }))
    }),
  )
  for (const { number, posted } of answers.flat()) {
    expect(markersIn(posted.text), posted.text).toEqual(new Set([`marker-${number}-`]))
    expect(posted.message.id).toBe(1)
  }
  const foreign = answers.flat().filter(({ number, posted }) => isForeign(posted, number)).length
  expect(foreign).toBe(0)
  measure('F1', `${foreign} in ${answers.flat().length} answers`)
})

// The long form with 10,000 calls is `npm run test:long -- isolation`.
test('500 interleaved calls with progress and equal ids: every report goes to its own call', async () => {
  const { sent, wrong } = await interleaveCalls(server, 500)
  expect(sent).toBeGreaterThanOrEqual(500)
  expect(wrong).toBe(0)
})

test('a client that sends its body slowly gets its own answer only, and so do those beside it', async () => {
  const attacker = await callerOf(1)
  const victim = await callerOf(2)
  let foreign = 0
  for (let round = 0; round < 20; round++) {
    const body = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: tellSteps.name, arguments: { marker: 'marker-1-', waitMs: 1 } },
    })
    const slow = await openRequest(attacker, body.length)
    slow.write(body.slice(0, 40))
    const during = await Promise.all(
      Array.from({ length: 5 }, () =>
        postCall(server.url, victim, tellSteps.name, { marker: 'marker-2-', waitMs: 1 }, { id: 1 }),
      ),
    )
    slow.write(body.slice(40))
    const answer = await untilClosed(slow)
    expect(markersIn(answer)).toEqual(new Set(['marker-1-']))
    for (const posted of during) expect(markersIn(posted.text)).toEqual(new Set(['marker-2-']))
    foreign += during.filter((posted) => isForeign(posted, 2)).length
  }
  expect(foreign).toBe(0)
  measure('F3', `${foreign} in 20 rounds`)
})

describe('notifications/cancelled of another caller', () => {
  test.each(eras)('with the id of a call in flight does not end it (%s)', async (era) => {
    const [owner, stranger] = await Promise.all([callerOf(3), callerOf(4)])
    let release = () => {}
    const began = new Promise<void>((resolve) => {
      const releasing = new Promise<void>((done) => {
        release = done
      })
      held = { began: resolve, release: releasing }
    })
    const running = postCall(server.url, owner, hold.name, { marker: 'marker-3-' }, { era, id: 42 })
    await began
    for (const token of [stranger, owner]) expect((await cancel(token, era)).status).toBe(202)
    release()
    const posted = await running
    const cancelled = toolErrorOf(posted) ? 1 : 0
    expect(cancelled, posted.text).toBe(0)
    expect(markersIn(posted.text)).toEqual(new Set(['marker-3-']))
    measure('F4', `${cancelled} of 2 (${era})`)
  })

  /** Without a session nobody, the caller included, can name a call of another request. */
  function cancel(token: string, era: string): Promise<Response> {
    return fetch(server.url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': era,
        ...(era === '2026-07-28' ? { 'mcp-method': 'notifications/cancelled' } : {}),
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        method: 'notifications/cancelled',
        params: {
          requestId: 42,
          ...(era === '2026-07-28' ? { _meta: { 'io.modelcontextprotocol/protocolVersion': era } } : {}),
        },
      }),
    })
  }
})

describe('what is remembered between requests', () => {
  test('a key of idempotency is of its caller: another one with the same key creates its own', async () => {
    const args = { environmentId: DEV, name: 'Same key', idempotencyKey: 'shared-key-1' }
    const ids = await Promise.all(
      [5, 6].map(async (number) => {
        const posted = await postCall(server.url, await callerOf(number), 'create_organization', args)
        return /org_\d+/.exec(posted.text)?.[0]
      }),
    )
    expect(new Set(ids).size).toBe(2)
  })

  test('the environment and the token of the API are of the token that they were got with', async () => {
    const admin = await callerOf(7)
    expect(
      toolErrorOf(await postCall(server.url, admin, 'get_environment_details', { environmentId: DEV })),
    ).toBeUndefined()
    const list = (token: string) => postCall(server.url, token, 'list_organizations', { environmentId: DEV })
    expect(toolErrorOf(await list(admin))).toBeUndefined()
    const nobody = await server.token({ claims: { client_id: 'marker-7-', sub: 'mem_999999999999999999' } })
    expect((await list(nobody)).status).toBe(401)
  })

  test('what tools/list answers may be kept for its caller only', async () => {
    const { message } = await postMessage(
      server.url,
      await callerOf(8),
      'tools/list',
      {},
      { era: '2026-07-28' },
    )
    const scope = message.result?.cacheScope
    expect(scope).toBe('private')
    measure('F7', `cacheScope ${String(scope)}`)
  })
})

async function openRequest(token: string, length: number): Promise<Socket> {
  const { hostname, port, host, pathname } = new URL(server.url)
  const socket = connect(Number(port), hostname === 'localhost' ? '127.0.0.1' : hostname)
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  socket.write(
    [
      `POST ${pathname} HTTP/1.1`,
      `Host: ${host}`,
      `Authorization: Bearer ${token}`,
      'Content-Type: application/json',
      'Accept: application/json, text/event-stream',
      `Content-Length: ${length}`,
      'Connection: close',
      '',
      '',
    ].join('\r\n'),
  )
  return socket
}

function untilClosed(socket: Socket): Promise<string> {
  let text = ''
  return new Promise((resolve, reject) => {
    socket.setEncoding('utf8')
    socket.on('data', (chunk) => {
      text += chunk
      if (/"result"[\s\S]*\n\n|"result".*\}$/.test(text)) socket.end()
    })
    socket.once('close', () => resolve(text))
    socket.once('error', reject)
  })
}
