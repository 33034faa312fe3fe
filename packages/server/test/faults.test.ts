import type { ServerResponse } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { measure } from '../../../test/harness/measure.js'
import { timeouts } from '../src/config/timeouts.js'
import { tools } from '../src/tools/index.js'
import { type BehindFaultyApi, startBehindFaultyApi } from './behind-faulty-api.js'
import type { FaultyApi } from './faulty-api.js'
import { type Posted, postCall, toolErrorOf } from './post-message.js'
import { sampleArguments } from './sample-arguments.js'
import type { ServerUnderTest } from './server-under-test.js'

let both: BehindFaultyApi
let api: FaultyApi
let server: ServerUnderTest
beforeAll(async () => {
  both = await startBehindFaultyApi()
  ;({ api, server } = both)
})
afterAll(() => both.close())
afterEach(() => {
  api.fault = undefined
})

/** What reads nothing from the API has nothing to fail with, and what a person confirms first does not reach it. */
const withoutApi = new Set([
  'whoami',
  'search_docs',
  'wait_for_hand_off',
  'invite_workspace_member',
  'create_connected_account_magic_link',
])
const affected = tools.filter(({ name }) => !withoutApi.has(name))

const secret = 'upstream-secret-detail'
const json = { 'content-type': 'application/json' }
const answer =
  (status: number, headers: Record<string, string>, body: string | Buffer = '') =>
  (res: ServerResponse) =>
    void res.writeHead(status, headers).end(body)
const raw = (text: string) => (res: ServerResponse) => void res.socket?.end(text)

const unavailable = /^upstream_unavailable$/
const faults: { kind: string; fault: (res: ServerResponse) => void; code: RegExp; says?: string }[] = [
  { kind: 'a 500', fault: answer(500, json, `{"code":13,"message":"${secret}"}`), code: unavailable },
  { kind: 'a 503 to come back to', fault: answer(503, { 'retry-after': '60' }), code: unavailable },
  { kind: 'a 429', fault: answer(429, { 'retry-after': '7' }), code: /^rate_limited$/, says: '7 seconds' },
  { kind: 'a reset connection', fault: (res) => void res.socket?.resetAndDestroy(), code: unavailable },
  {
    kind: 'half an answer',
    fault: (res) => {
      res.writeHead(200, { ...json, 'content-length': 500 })
      res.write('{"organizations":[', () => res.socket?.destroy())
    },
    code: unavailable,
  },
  { kind: 'malformed JSON', fault: answer(200, json, '{"organizations": ['), code: unavailable },
  { kind: 'JSON of another kind', fault: answer(200, json, `["${secret}"]`), code: unavailable },
  { kind: 'HTML as success', fault: answer(200, {}, `<html>${secret}</html>`), code: unavailable },
  { kind: 'HTML as failure', fault: answer(502, {}, `<html>${secret}</html>`), code: unavailable },
  { kind: 'an empty answer', fault: answer(200, json), code: unavailable },
  {
    kind: 'gzip that is none',
    fault: answer(200, { ...json, 'content-encoding': 'gzip' }, Buffer.from([31, 139, 8, 0, 1, 2])),
    code: unavailable,
  },
  {
    kind: 'a redirect',
    fault: answer(302, { location: 'http://127.0.0.1:1/' }),
    code: /^(upstream_unavailable|internal)$/,
  },
  { kind: 'no HTTP', fault: raw(`220 ${secret} ready\r\n`), code: unavailable },
  {
    kind: '3 MB',
    fault: answer(200, json, JSON.stringify({ pad: secret.repeat(140_000) })),
    code: unavailable,
  },
]
let wrong = 0

/** What a tool for several objects says about the first. */
function errorOfItem({ message }: Posted): ReturnType<typeof toolErrorOf> {
  const { items } = Object(message.result?.structuredContent) as { items?: readonly { error?: never }[] }
  return items?.[0]?.error
}

/** Ten tools at once, by a caller of its own; what leads to the object is known before the fault begins. */
async function callAll(
  client: string,
  fault: (res: ServerResponse) => void,
  atOnce = 10,
  { api, server } = both,
) {
  const token = await server.token({ claims: { client_id: client } })
  await postCall(server.url, token, 'list_organizations', { environmentId: 'env_100000000000000001' })
  api.fault = (_, res) => {
    fault(res)
    return true
  }
  const call = async (tool: (typeof affected)[number]) => {
    const posted = await postCall(`${server.url}?toolsets=all`, token, tool.name, sampleArguments(tool))
    return { tool: tool.name, posted, error: toolErrorOf(posted) ?? errorOfItem(posted) }
  }
  const answers: Awaited<ReturnType<typeof call>>[] = []
  for (let at = 0; at < affected.length; at += atOnce)
    answers.push(...(await Promise.all(affected.slice(at, at + atOnce).map(call))))
  return answers
}

describe.each(faults)('when the API answers with $kind', ({ kind, fault, code, says }) => {
  test('every tool says so, with what to do', async () => {
    const answers = await callAll(`client-${kind.replaceAll(' ', '-')}`, fault)
    wrong += answers.filter(({ error }) => !error || !code.test(error.code)).length
    for (const { tool, posted, error } of answers) {
      expect(posted.status, tool).toBe(200)
      expect(error, `${tool}: ${posted.text}`).toBeDefined()
      expect(error?.code, tool).toMatch(code)
      expect(error?.nextStep, tool).toMatch(says ?? /\w/)
      expect(posted.text, tool).not.toContain(secret)
    }
  })
})

test('when the API does not answer at all, every tool ends by its deadline and says so', async () => {
  const hasty = await startBehindFaultyApi(undefined, timeouts)
  onTestFinished(() => hasty.close())
  const answers = await callAll('client-that-waits', () => undefined, affected.length, hasty)
  for (const { tool, posted, error } of answers) {
    expect(error?.code, `${tool}: ${posted.text}`).toMatch(/^upstream_(timeout|unavailable)$/)
  }
  expect(wrong).toBe(0)
  measure(
    'D1',
    `${wrong} of ${(faults.length + 1) * affected.length} (${faults.length + 1} kinds x ${affected.length} tools)`,
  )
})

test('when no token can be had for the API, a tool says that Scalekit cannot be reached, or refuses', async () => {
  const refused = JSON.stringify({ error: 'unauthorized_client' })
  const cases = [
    { status: 503, code: 'upstream_unavailable' },
    { status: 400, body: refused, code: 'permission_denied' },
  ]
  for (const { status, code, ...answer } of cases) {
    // A token of the API is remembered per caller, so each try is by a caller who has none yet.
    const fresh = await server.token({ claims: { client_id: `client-${status}` } })
    await control('POST', { match: { path: '/workspace/oauth/token' }, status, ...answer })
    const error = toolErrorOf(await postCall(server.url, fresh, 'list_environments'))
    await control('DELETE')
    expect(error?.code).toBe(code)
  }
})

async function control(method: 'POST' | 'DELETE', fault?: object): Promise<void> {
  const response = await fetch(`${server.local.url}/__local/faults`, {
    method,
    headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
    ...(fault ? { body: JSON.stringify({ times: 0, ...fault }) } : {}),
  })
  if (!response.ok) throw new Error(`faults: ${response.status} ${await response.text()}`)
}
