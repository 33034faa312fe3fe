import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as FormerClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as FormerTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Conversation, openConversation } from './conversation.js'
import { postCall, postMessage, toolErrorOf } from './post-message.js'
import {
  addAdministrator,
  idOf,
  patient,
  type ServerUnderTest,
  startServerUnderTest,
  typesTheName,
} from './server-under-test.js'

const PRD = 'env_100000000000000002'

let server: ServerUnderTest
/** Another administrator than the default caller. */
let stranger: string
beforeAll(async () => {
  server = await startServerUnderTest()
  stranger = await addAdministrator(server)
})
afterAll(() => server.close())

async function createOrganization(name: string, at = server): Promise<string> {
  const args = { environmentId: PRD, name }
  return idOf(await at.call('2026-07-28', 'create_organization', args), 'organization')
}

async function exists(organizationId: string): Promise<boolean> {
  const args = { environmentId: PRD, organizationId }
  const { ok, error } = await server.call('2026-07-28', 'get_organization_details', args)
  expect([undefined, 'not_found']).toContain(error?.code)
  return ok
}

interface Asked {
  readonly mode?: string
  readonly message: string
  readonly url?: string
  readonly elicitationId?: string
}
type Person = (asked: Asked) => Promise<{ action: 'accept' | 'decline'; content?: { name: string } }>

/** `fetch` of a client that offers a revision, and what it sent and got. */
function speaking(revision: string, statuses: number[] = []): typeof fetch {
  return async (url, init) => {
    const body = typeof init?.body === 'string' ? init.body : undefined
    const changed = body?.includes('"method":"initialize"')
      ? body.replace(/"protocolVersion":"[^"]+"/, `"protocolVersion":"${revision}"`)
      : body
    const response = await fetch(url, { ...init, ...(changed ? { body: changed } : {}) })
    if (init?.method === 'POST') statuses.push(response.status)
    return response
  }
}

const clients = [
  { sdk: 'v1', revision: '2025-11-25' },
  { sdk: 'v1', revision: '2025-06-18' },
  { sdk: 'v2', revision: '2025-11-25' },
  { sdk: 'v2', revision: '2025-06-18' },
] as const

async function connect(
  { sdk, revision }: (typeof clients)[number],
  person: Person,
  elicitation: { form?: Record<string, never>; url?: Record<string, never> } = {},
): Promise<{ client: Client; transport: StreamableHTTPClientTransport; statuses: number[] }> {
  const statuses: number[] = []
  const options = {
    requestInit: { headers: { authorization: `Bearer ${await server.token()}` } },
    fetch: speaking(revision, statuses),
  }
  const info = { name: 'test', version: '1' }
  if (sdk === 'v1') {
    const client = new FormerClient(info, { capabilities: { elicitation } })
    client.setRequestHandler(ElicitRequestSchema, async ({ params }) => person(params as Asked))
    const transport = new FormerTransport(new URL(server.url), options)
    await client.connect(transport as never)
    return { client, transport, statuses } as never
  }
  const client = new Client(info, { capabilities: { elicitation }, versionNegotiation: { mode: 'legacy' } })
  client.setRequestHandler('elicitation/create', async ({ params }) => person(params as Asked))
  const transport = new StreamableHTTPClientTransport(new URL(server.url), options)
  await client.connect(transport)
  return { client, transport, statuses }
}

async function remove(client: Client, organizationId: string): Promise<string> {
  const call = { name: 'delete_organization', arguments: { environmentId: PRD, organizationId } }
  const { isError, content } = (await client.callTool(call)) as {
    isError?: boolean
    content: { text: string }[]
  }
  const body = JSON.parse(content[0]?.text ?? '{}')
  return isError ? body.error.code : JSON.stringify(body)
}

describe.each(clients)('a client of the SDK $sdk that speaks $revision', (speaks) => {
  test('has a session, asks the person, and deletes when the name is typed', async () => {
    const id = await createOrganization('Acme "Rockets"')
    const asked: Asked[] = []
    const { client, transport, statuses } = await connect(speaks, async (question) => {
      asked.push(question)
      expect(await exists(id)).toBe(true)
      return typesTheName(question.message)
    })
    expect(transport.protocolVersion).toBe(speaks.revision)
    expect(transport.sessionId).toMatch(/^v1\.[\w-]+$/)
    expect(await remove(client, id)).toContain('"deleted":true')
    expect(asked).toEqual([
      { message: expect.stringContaining(id), requestedSchema: expect.objectContaining({ type: 'object' }) },
    ])
    // Each message was accepted: initialize, initialized, the call, the answer.
    expect(statuses).toEqual([200, 202, 200, 202])
    await client.close()
    expect(await exists(id)).toBe(false)
  })

  test('deletes nothing when the person declines or types another name, or the client fails', async () => {
    const id = await createOrganization('Acme')
    const answers: [Person, string][] = [
      [async () => ({ action: 'decline' }), 'confirmation_declined'],
      [async () => ({ action: 'accept', content: { name: 'Acm' } }), 'confirmation_mismatch'],
      [() => Promise.reject(new Error('no window')), 'confirmation_declined'],
    ]
    for (const [person, code] of answers) {
      const { client } = await connect(speaks, person)
      expect(await remove(client, id)).toBe(code)
      await client.close()
    }
    expect(await exists(id)).toBe(true)
  })

  test('opens a portal link for the person, which is not in the result', async () => {
    const asked: Asked[] = []
    const person: Person = async (question) => {
      asked.push(question)
      return { action: 'accept' }
    }
    const { client } = await connect(speaks, person, { form: {}, url: {} })
    const args = { environmentId: PRD, organizationId: await createOrganization('Portal') }
    const result = await client.callTool({ name: 'generate_admin_portal_link', arguments: args })
    await client.close()
    expect(asked).toEqual([
      {
        mode: 'url',
        message: expect.stringContaining('Portal'),
        url: expect.stringContaining('/magicLink/'),
        elicitationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    ])
    expect(result.structuredContent).toMatchObject({ handedOver: true })
    expect(JSON.stringify(result)).not.toContain('magicLink')
  })

  test('asks two questions at the same time, and each gets its own answer', async () => {
    const ids = [await createOrganization('First'), await createOrganization('Second')]
    let bothAsked: (() => void) | undefined
    const both = new Promise<void>((resolve) => {
      bothAsked = resolve
    })
    let questions = 0
    const { client } = await connect(speaks, async ({ message }) => {
      if (++questions === 2) bothAsked?.()
      await both
      return message.includes('First') ? typesTheName(message) : { action: 'decline' }
    })
    expect(await Promise.all(ids.map((id) => remove(client, id)))).toEqual([
      expect.stringContaining('"deleted":true'),
      'confirmation_declined',
    ])
    await client.close()
    expect(await Promise.all(ids.map(exists))).toEqual([false, true])
  })
})

describe('a question', () => {
  const accept = { result: { action: 'accept', content: { name: 'Sealed' } } }
  const begin = async (token: string): Promise<{ organizationId: string; asked: Conversation }> => {
    const organizationId = await createOrganization('Sealed')
    const args = { environmentId: PRD, organizationId }
    return { organizationId, asked: await openConversation(server.url, token, 'delete_organization', args) }
  }

  test('is answered once, with an id of 192 bits', async () => {
    const { organizationId, asked } = await begin(await server.token())
    expect(asked.question.id).toMatch(/^[\w-]{32}$/)
    expect((await asked.reply(accept)).status).toBe(202)
    expect(await asked.result()).toMatchObject({ deleted: true })
    const again = await asked.reply(accept)
    expect([again.status, again.message.error?.message]).toEqual([
      400,
      expect.stringContaining('Call the tool again'),
    ])
    expect(await exists(organizationId)).toBe(false)
  })

  test('of two answers at the same time takes one', async () => {
    const { asked } = await begin(await server.token())
    const replies = await Promise.all([asked.reply(accept), asked.reply(accept)])
    expect(replies.map(({ status }) => status).sort()).toEqual([202, 400])
    expect(await asked.result()).toMatchObject({ deleted: true })
  })

  test('is not there for other callers, sessions and ids, whether it waits or not', async () => {
    const { organizationId, asked } = await begin(await server.token())
    const subject = await server.token({ subject: stranger })
    const client = await server.token({ claims: { client_id: 'another_client' } })
    for (const token of [subject, client]) {
      const stolen = await asked.reply(accept, { token })
      const madeUp = await asked.reply(accept, { token, id: 'x'.repeat(32) })
      expect(stolen.status).toBe(404)
      expect(stolen.text).toBe(madeUp.text)
      const other = await openConversation(server.url, token, 'delete_organization', {
        environmentId: PRD,
        organizationId,
      }).catch(() => undefined)
      const own = other && (await asked.reply(accept, { token, session: other.session }))
      if (own) expect(own.status).toBe(400)
      await other?.leave()
    }
    const token = await server.token()
    const own = await begin(token)
    const crossed = await asked.reply(accept, { session: own.asked.session })
    const madeUp = await asked.reply(accept, { id: 'x'.repeat(32) })
    expect([crossed.status, madeUp.status]).toEqual([400, 400])
    expect(crossed.text).toBe(madeUp.text)
    expect((await asked.reply(accept, { session: '' })).status).toBe(400)
    expect(await exists(organizationId)).toBe(true)
    expect((await asked.reply(accept)).status).toBe(202)
    expect(await asked.result()).toMatchObject({ deleted: true })
    await own.asked.leave()
  })

  test('can be answered with a newer token of the same sign-in, and of no other', async () => {
    const { asked } = await begin(await server.token({ claims: { sid: 'ses_1' } }))
    const elsewhere = await server.token({ claims: { sid: 'ses_2' } })
    expect((await asked.reply(accept, { token: elsewhere })).status).toBe(400)
    const token = await server.token({ claims: { sid: 'ses_1' } })
    expect((await asked.reply(accept, { token })).status).toBe(202)
    expect(await asked.result()).toMatchObject({ deleted: true })
  })

  test('costs its answer no more than any request: the write was paid for when it was called', async () => {
    const { asked } = await begin(await server.token())
    const left = ({ headers }: { headers: Headers }) =>
      Number(/;r=(\d+);/.exec(headers.get('ratelimit') ?? '')?.[1])
    const first = await asked.reply(accept, { id: 'made up' })
    const second = await asked.reply(accept)
    expect(left(first) - left(second)).toBe(1)
    await asked.result()
  })

  test('waits with at most nineteen others of its caller', async () => {
    const token = await server.token()
    const waiting = await Promise.all(Array.from({ length: 20 }, () => begin(token)))
    const { session } = waiting[0]?.asked ?? { session: '' }
    const args = { environmentId: PRD, organizationId: waiting[0]?.organizationId }
    const headers = { 'mcp-session-id': session }
    const one = await postCall(server.url, token, 'delete_organization', args, { headers })
    expect(toolErrorOf(one)).toMatchObject({
      code: 'confirmation_unavailable',
      message: expect.stringContaining('20 questions'),
    })
    await Promise.all(waiting.map(({ asked }) => asked.leave()))
  })

  test('is given up when the client ends the call', async () => {
    const { organizationId, asked } = await begin(await server.token())
    await asked.leave()
    await expect.poll(async () => (await asked.reply(accept)).status).toBe(400)
    expect(await exists(organizationId)).toBe(true)
  })

  test('is not asked when the client cancelled the call before', async () => {
    const token = await server.token()
    const { session } = await openSession(token)
    const organizationId = await createOrganization('Cancelled')
    const faults = `${server.local.url}/__local/faults`
    const control = { 'x-scalekit-local': '1', 'content-type': 'application/json' }
    const slow = JSON.stringify({ match: { path: '/api/v1/organizations' }, latency_ms: 60_000 })
    await fetch(faults, { method: 'POST', headers: control, body: slow })
    const headers = { 'mcp-session-id': session }
    const args = { environmentId: PRD, organizationId }
    const call = postCall(server.url, token, 'delete_organization', args, { headers })
    const left = async () =>
      ((await (await fetch(faults, { headers: control })).json()) as { faults: unknown[] }).faults
    await expect.poll(left).toEqual([])
    await fetch(server.url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'mcp-protocol-version': '2025-11-25',
        ...headers,
      },
      body: JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } }),
    })
    const { text } = await call
    expect(text).toContain('upstream_timeout')
    expect(text).not.toContain('elicitation/create')
    expect(await exists(organizationId)).toBe(true)
  })

  test('is given up when the client cancels the call, which nobody else can', async () => {
    const token = await server.token()
    const { organizationId, asked } = await begin(token)
    const cancel = (as: string, session: string, requestId: number) => {
      const body = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } }
      return fetch(server.url, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${as}`,
          'content-type': 'application/json',
          'mcp-protocol-version': '2025-11-25',
          'mcp-session-id': session,
        },
        body: JSON.stringify(body),
      })
    }
    const other = await begin(token)
    await cancel(await server.token({ subject: stranger }), asked.session, 1)
    expect((await cancel(token, asked.session, 2)).status).toBe(202)
    expect((await cancel(token, asked.session, 1)).status).toBe(202)
    expect(await asked.result()).toMatchObject({ error: { code: 'confirmation_declined' } })
    expect((await asked.reply(accept)).status).toBe(400)
    expect(await exists(organizationId)).toBe(true)
    expect((await other.asked.reply(accept)).status).toBe(202)
    expect(await other.asked.result()).toMatchObject({ deleted: true })
  })

  test.each([
    ['an error', { error: { code: -32601, message: 'unknown' } }, 'confirmation_declined'],
    [
      'a result of another form',
      { result: { action: 'accept', content: { name: 7 } } },
      'confirmation_declined',
    ],
    ['a result that is no object', { result: 'yes' }, 'confirmation_declined'],
    ['a result without an action', { result: {} }, 'confirmation_declined'],
    ['another action', { result: { action: 'maybe', content: { name: 'Sealed' } } }, 'confirmation_declined'],
  ])('that is answered with %s changes nothing', async (_, answer, code) => {
    const { organizationId, asked } = await begin(await server.token())
    expect((await asked.reply(answer)).status).toBe(202)
    expect(await asked.result()).toMatchObject({ error: { code } })
    expect(await exists(organizationId)).toBe(true)
  })

  test('is not asked of a client that takes JSON only, whatever it declared', async () => {
    const token = await server.token()
    const { session } = await openSession(token)
    const args = { environmentId: PRD, organizationId: await createOrganization('JSON') }
    const headers = { 'mcp-session-id': session, accept: 'application/json' }
    const posted = await postCall(server.url, token, 'delete_organization', args, { headers })
    expect(toolErrorOf(posted)?.code).toBe('person_needed')
  })
})

const openSession = async (token: string, url = server.url, capabilities: object = { elicitation: {} }) => {
  const params = { protocolVersion: '2025-11-25', capabilities, clientInfo: { name: 'test', version: '1' } }
  const { status, headers } = await postMessage(url, token, 'initialize', params)
  expect(status).toBe(200)
  return { session: headers.get('mcp-session-id') ?? '' }
}

describe('a session', () => {
  const list = (token: string, session: string, headers: Record<string, string> = {}) =>
    postMessage(server.url, token, 'tools/list', {}, { headers: { 'mcp-session-id': session, ...headers } })

  test('is not there for a client without elicitation, which goes on as before', async () => {
    const token = await server.token()
    expect(await openSession(token, server.url, {})).toEqual({ session: '' })
    expect((await postMessage(server.url, token, 'tools/list')).status).toBe(200)
  })

  test('serves every method, with the scopes of the token of each message', async () => {
    const token = await server.token()
    const { session } = await openSession(token)
    const headers = { 'mcp-session-id': session }
    for (const method of ['ping', 'tools/list', 'prompts/list', 'resources/list']) {
      expect((await postMessage(server.url, token, method, {}, { headers })).status, method).toBe(200)
    }
    const reader = await server.token({ scopes: ['organization:read'] })
    const args = { environmentId: PRD, name: 'X' }
    expect((await postCall(server.url, reader, 'create_organization', args, { headers })).status).toBe(403)
  })

  test('of another caller, or one that was changed, is as none: it serves, and nobody is asked', async () => {
    const token = await server.token()
    const { session } = await openSession(token)
    const changed = `${session.slice(0, -1)}${session.endsWith('A') ? 'B' : 'A'}`
    const other = await server.token({ subject: stranger })
    const args = { environmentId: PRD, organizationId: await createOrganization('Foreign') }
    for (const [bearer, id] of [
      [token, changed],
      [token, '6d0e4cf5-2b0a-4d4d-8a3f-0f3f8c0b7a11'],
      [other, session],
    ] as const) {
      expect((await list(bearer, id)).status).toBe(200)
      const headers = { 'mcp-session-id': id }
      const call = await postCall(server.url, bearer, 'delete_organization', args, { headers })
      expect(toolErrorOf(call)?.code).toBe('person_needed')
    }
  })

  test('does not exist in 2026-07-28, whatever the header says', async () => {
    const token = await server.token()
    const options = { era: '2026-07-28', headers: { 'mcp-session-id': 'deadbeef' } } as const
    const { status, headers } = await postMessage(server.url, token, 'tools/list', {}, options)
    expect([status, headers.get('mcp-session-id')]).toEqual([200, null])
  })

  test('has nothing to end or to stream: DELETE and GET are 405', async () => {
    const token = await server.token()
    const { session } = await openSession(token)
    const headers = { authorization: `Bearer ${token}`, 'mcp-session-id': session }
    for (const method of ['DELETE', 'GET']) {
      const { status } = await fetch(server.url, {
        method,
        headers: { ...headers, accept: 'text/event-stream' },
      })
      expect(status, method).toBe(405)
    }
  })

  test.each(['application/json', 'text/event-stream', '*/*'])(
    'begins and goes on with Accept: %s',
    async (accept) => {
      const token = await server.token()
      const params = {
        protocolVersion: '2025-11-25',
        capabilities: { elicitation: {} },
        clientInfo: { name: 'test', version: '1' },
      }
      const begun = await postMessage(server.url, token, 'initialize', params, { headers: { accept } })
      expect([begun.status, begun.text.startsWith('{')]).toEqual([200, accept === 'application/json'])
      const listed = await list(token, begun.headers.get('mcp-session-id') ?? '', { accept })
      expect([listed.status, listed.text.startsWith('{')]).toEqual([200, accept === 'application/json'])
    },
  )

  test('initializes again with an id that has ended', async () => {
    const token = await server.token()
    const params = {
      protocolVersion: '2025-06-18',
      capabilities: { elicitation: {} },
      clientInfo: { name: 'test', version: '1' },
    }
    const headers = { 'mcp-session-id': 'v1.ended' }
    const begun = await postMessage(server.url, token, 'initialize', params, { headers })
    expect(begun.status).toBe(200)
    expect((await list(token, begun.headers.get('mcp-session-id') ?? '')).status).toBe(200)
  })
})

describe('time', () => {
  let hasty: ServerUnderTest
  let patiently: ServerUnderTest
  let offset = 0
  beforeAll(async () => {
    hasty = await startServerUnderTest({}, undefined, undefined, { ...patient, answer: 500 })
    patiently = await startServerUnderTest({}, undefined, undefined, patient, () => Date.now() + offset)
  })
  afterAll(() => Promise.all([hasty.close(), patiently.close()]))

  test('without an answer the call ends, and says so', async () => {
    const args = { environmentId: PRD, organizationId: await createOrganization('Slow', hasty) }
    const asked = await openConversation(hasty.url, await hasty.token(), 'delete_organization', args)
    expect(await asked.result()).toMatchObject({
      error: { code: 'confirmation_declined', message: expect.stringContaining('Nobody answered') },
    })
    const late = await asked.reply({ result: { action: 'accept', content: { name: 'Slow' } } })
    expect(late.status).toBe(400)
  })

  test('a call whose token has expired meanwhile changes nothing, whatever token the answer has', async () => {
    const organizationId = await createOrganization('Late', patiently)
    const now = () => Math.floor((Date.now() + offset) / 1000)
    const token = (iat = now()) => patiently.token({ claims: { iat, exp: iat + 600, sid: 'ses_1' } })
    const args = { environmentId: PRD, organizationId }
    const asked = await openConversation(patiently.url, await token(), 'delete_organization', args)
    offset = 3_600_000
    const answer = { result: { action: 'accept', content: { name: 'Late' } } }
    expect((await asked.reply(answer, { token: await token() })).status).toBe(202)
    expect(await asked.result()).toMatchObject({ error: { code: 'invalid_token' } })
    offset = 0
    const read = await patiently.call('2026-07-28', 'get_organization_details', args)
    expect(read.ok).toBe(true)
  })
})

test('a session outlives a restart, and is known to other processes of the same deployment', async () => {
  const other = await startServerUnderTest({}, undefined, server)
  const token = await server.token()
  const { session } = await openSession(token, server.url)
  const headers = { 'mcp-session-id': session }
  expect((await postMessage(other.url, token, 'tools/list', {}, { headers })).status).toBe(200)
  await other.close()
})

test('a stop does not wait for a person', async () => {
  const stopping = await startServerUnderTest()
  const args = { environmentId: PRD, organizationId: await createOrganization('Stop', stopping) }
  const asked = await openConversation(stopping.url, await stopping.token(), 'delete_organization', args)
  const stopped = stopping.close()
  expect(await asked.result()).toMatchObject({ error: { code: 'confirmation_unavailable' } })
  await stopped
})
