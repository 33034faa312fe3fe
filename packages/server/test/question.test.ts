import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { freePort } from '../../../test/harness/program.js'
import { type AuditRecord, auditPlace, readRecords } from './audit-records.js'
import { beginSession, type CallAs, type Conversation, openConversation } from './conversation.js'
import { postMessage } from './post-message.js'
import { idOf, patient, type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

const DEV = 'env_100000000000000001'
const PRD = 'env_100000000000000002'
/** The log rounds to milliseconds. */
const ROUNDED_MS = 2

let place: { file: string }
let metricsPort: number
let offset = 0
let server: ServerUnderTest
beforeAll(async () => {
  place = await auditPlace()
  metricsPort = await freePort()
  const env = { AUDIT_FILE: place.file, METRICS_PORT: String(metricsPort) }
  server = await startServerUnderTest(env, undefined, undefined, patient, () => Date.now() + offset)
})
afterAll(() => server.close())

async function createOrganization(name: string, environmentId = PRD): Promise<string> {
  return idOf(await server.call('2026-07-28', 'create_organization', { environmentId, name }), 'organization')
}

interface Asked {
  readonly organizationId: string
  readonly call: Conversation
}

/** Asks before an organization of that name is deleted. */
async function ask(name: string, token: string, as?: CallAs, environmentId = PRD): Promise<Asked> {
  const organizationId = await createOrganization(name, environmentId)
  const args = { environmentId, organizationId }
  return { organizationId, call: await openConversation(server.url, token, 'delete_organization', args, as) }
}

const typed = (name: string) => ({ result: { action: 'accept', content: { name } } })

async function exists(organizationId: string): Promise<boolean> {
  return (await server.call('2026-07-28', 'get_organization_details', { environmentId: PRD, organizationId }))
    .ok
}

describe('the time that a person takes', () => {
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
    const line = text.split('\n').find((each) => each.startsWith(`${name} `))
    return Number(line?.slice(name.length) ?? 0)
  }

  const total = 'scalekit_mcp_request_duration_seconds_sum{place="mcp",method="POST",status="200"}'
  const lineOf = (requestId: string | null) =>
    server.log
      .map((each) => JSON.parse(each))
      .find((line) => line.msg === 'request' && line.requestId === requestId)

  test('is not in the duration of requests; what waits is counted, and the log says how long', async () => {
    const { call } = await ask('Thinks', await server.token())
    expect(await metric('scalekit_mcp_questions_waiting')).toBe(1)
    const before = await metric(total)
    await call.reply(typed('Thinks'))
    expect(await call.result()).toMatchObject({ deleted: true })
    await expect.poll(() => lineOf(call.requestId)).toBeDefined()
    const { milliseconds, personMs } = lineOf(call.requestId)
    expect(personMs).toBeGreaterThan(ROUNDED_MS)
    // The answer has a status of its own: 202.
    const counted = ((await metric(total)) - before) * 1_000
    expect(Math.abs(milliseconds - personMs - counted)).toBeLessThan(ROUNDED_MS)
    expect(await metric('scalekit_mcp_questions_waiting')).toBe(0)
  })

  test('is not in it either where the client leaves without an answer, and there is one line', async () => {
    const { call } = await ask('Leaves', await server.token())
    const before = await metric(total)
    await call.leave()
    await expect.poll(() => lineOf(call.requestId)).toBeDefined()
    const { milliseconds, personMs } = lineOf(call.requestId)
    const counted = ((await metric(total)) - before) * 1_000
    expect(Math.abs(milliseconds - personMs - counted)).toBeLessThan(ROUNDED_MS)
    const lines = () => server.log.filter((each) => each.includes(`"requestId":"${call.requestId}"`))
    await expect.poll(() => lines().filter((each) => each.includes('confirmation_declined'))).toHaveLength(1)
    expect(lines().filter((each) => each.includes('personMs'))).toHaveLength(1)
  })
})

test('the audit log says which request brought the answer that released a write', async () => {
  const { call } = await ask('Audited', await server.token())
  const answer = await call.reply(typed('Audited'))
  expect(await call.result()).toMatchObject({ deleted: true })
  const answeredIn = answer.headers.get('x-request-id')
  const recordsOf = async (requestId: string | null): Promise<AuditRecord[]> =>
    (await readRecords(place.file)).filter((record) => record.requestId === requestId)
  await expect.poll(async () => (await recordsOf(call.requestId)).length).toBe(2)
  expect(await recordsOf(call.requestId)).toEqual([
    expect.objectContaining({ type: 'intent', tool: 'delete_organization', answeredIn }),
    expect.objectContaining({ type: 'request', outcome: 'ok', answeredIn }),
  ])
  expect(answeredIn).not.toBe(call.requestId)
  const [own] = await recordsOf(answeredIn)
  expect(own).toMatchObject({ type: 'request', status: 202, decision: 'allowed' })
})

test('a call whose token was revoked meanwhile changes nothing, whatever token the answer has', async () => {
  const resource = 'resources/res_100000000000000001'
  const { url } = server.local
  const registered = await fetch(`${url}/workspace/api/v1/${resource}/clients:register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'test',
      redirect_uris: ['http://127.0.0.1/callback'],
      token_endpoint_auth_method: 'none',
    }),
  })
  const { client_id } = (await registered.json()) as { client_id: string }
  const claims = { sid: 'ses_1', client_id }
  const token = await server.token({ claims })
  const { organizationId, call } = await ask('Revoked', token)
  const body = new URLSearchParams({ token, client_id })
  expect((await fetch(`${url}/workspace/${resource}/oauth/revoke`, { method: 'POST', body })).status).toBe(
    200,
  )
  // An answer about a token is trusted for four seconds.
  offset += 5_000
  const answer = await call.reply(typed('Revoked'), { token: await server.token({ claims }) })
  expect(answer.status).toBe(202)
  expect(await call.result()).toMatchObject({
    error: { code: 'invalid_token', message: expect.stringContaining('no longer accepted') },
  })
  expect(await exists(organizationId)).toBe(true)
})

test('a call whose token nobody can check any more changes nothing', async () => {
  let unchecked: string | undefined
  // What an authorization server is to this one: introspection (RFC 7662), which fails for one token.
  const introspection = createServer(async (req, res) => {
    const failing = new URLSearchParams(await text(req)).get('token') === unchecked
    res.writeHead(failing ? 500 : 200, { 'content-type': 'application/json' }).end('{"active":true}')
  })
  await new Promise<void>((resolve) => introspection.listen(0, '127.0.0.1', resolve))
  const { port } = introspection.address() as AddressInfo
  let ahead = 0
  const env = { INTROSPECTION_URL: `http://127.0.0.1:${port}/introspect` }
  const own = await startServerUnderTest(env, undefined, undefined, patient, () => Date.now() + ahead)
  onTestFinished(async () => {
    await own.close()
    introspection.close()
  })
  const created = await own.call('2026-07-28', 'create_organization', {
    environmentId: PRD,
    name: 'Unchecked',
  })
  const args = { environmentId: PRD, organizationId: idOf(created, 'organization') }
  const token = await own.token({ claims: { sid: 'ses_1' } })
  const call = await openConversation(own.url, token, 'delete_organization', args)
  unchecked = token
  ahead = 5_000
  const answer = await call.reply(typed('Unchecked'), {
    token: await own.token({ claims: { sid: 'ses_1' } }),
  })
  expect(answer.status).toBe(202)
  expect(await call.result()).toMatchObject({
    error: { code: 'upstream_unavailable', message: expect.stringContaining('Nobody can say now') },
  })
  expect((await own.call('2026-07-28', 'get_organization_details', args)).ok).toBe(true)
})

describe('a call in a session asks all the same', () => {
  const envelope = 'io.modelcontextprotocol'
  test.each<[string, CallAs]>([
    ['with a task, which 2025-11-25 lets a server ignore', { params: { task: { ttl: 60_000 } } }],
    ['that belongs to a task', { params: { _meta: { [`${envelope}/related-task`]: { taskId: 't' } } } }],
    [
      'that says its capabilities as 2026-07-28 does',
      { params: { _meta: { [`${envelope}/clientCapabilities`]: {}, [`${envelope}/clientInfo`]: {} } } },
    ],
    ['with members that no revision knows', { params: { cursor: 'x', more: 1 } }],
    ['with answers of 2026-07-28', { params: { inputResponses: {}, requestState: 'x' } }],
    ['whose proxy names the method', { headers: { 'mcp-method': 'tools/call' } }],
  ])('%s', async (_, as) => {
    const { call } = await ask('Asks', await server.token(), as, DEV)
    expect(call.question.method).toBe('elicitation/create')
    await call.reply({ result: { action: 'decline' } })
    expect(await call.result()).toMatchObject({ error: { code: 'confirmation_declined' } })
  })

  test('and one that claims to be of 2026-07-28 is refused', async () => {
    const token = await server.token()
    const organizationId = await createOrganization('Claims', DEV)
    const session = await beginSession(server.url, token)
    const params = {
      name: 'delete_organization',
      arguments: { environmentId: DEV, organizationId },
      _meta: {
        [`${envelope}/protocolVersion`]: '2026-07-28',
        [`${envelope}/clientCapabilities`]: {},
        [`${envelope}/clientInfo`]: { name: 'x', version: '1' },
      },
    }
    const headers = { 'mcp-session-id': session }
    const { status } = await postMessage(server.url, token, 'tools/call', params, { headers })
    expect(status).toBe(400)
  })
})

test('a response under 2026-07-28 is told where answers go in that revision', async () => {
  const response = await fetch(server.url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await server.token()}`,
      'content-type': 'application/json',
      'mcp-protocol-version': '2026-07-28',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 'x', result: { action: 'accept' } }),
  })
  expect([response.status, await response.text()]).toEqual([
    400,
    expect.stringContaining('In 2026-07-28 answers go with the call'),
  ])
})
