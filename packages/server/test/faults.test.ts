import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { tools } from '../src/tools/index.js'
import { sampleArguments } from './sample-arguments.js'
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js'

let server: ServerUnderTest
let token: string
beforeAll(async () => {
  server = await startServerUnderTest({ REQUESTS_PER_MINUTE: '1000000', LINKS_IN_RESULTS: '1' })
  token = await server.token()
})
afterAll(() => server.close())
afterEach(() => control('DELETE'))

/** Whoever reads nothing from the API has nothing to fail with. */
const withoutApi = new Set(['whoami', 'search_docs'])
const affected = tools.filter(({ name }) => !withoutApi.has(name))

const html = '<html><body>Bad gateway: upstream-secret-detail</body></html>'
const faults = [
  { kind: 'a 500', fault: { status: 500 }, code: /^upstream_unavailable$/ },
  { kind: 'a 429 with Retry-After', fault: { status: 429, retry_after: 7 }, code: /^rate_limited$/ },
  { kind: 'a reset connection', fault: { drop: 'before' }, code: /^upstream_unavailable$/ },
  { kind: 'a truncated answer', fault: { truncate: true }, code: /^upstream_unavailable$/ },
  { kind: 'malformed JSON', fault: { body: '{"organizations": [' }, code: /^upstream_unavailable$/ },
  {
    kind: 'HTML as success',
    fault: { body: html, content_type: 'text/html' },
    code: /^upstream_unavailable$/,
  },
  {
    kind: 'HTML as failure',
    fault: { status: 502, body: html, content_type: 'text/html' },
    code: /^upstream_unavailable$/,
  },
  { kind: 'an empty answer', fault: { body: '' }, code: /^upstream_unavailable$/ },
  {
    kind: 'a redirect',
    fault: { location: 'http://127.0.0.1:1/' },
    code: /^(upstream_unavailable|internal)$/,
  },
]

async function control(method: 'POST' | 'DELETE', fault?: object): Promise<void> {
  const response = await fetch(`${server.local.url}/__local/faults`, {
    method,
    headers: { 'x-scalekit-local': '1', 'content-type': 'application/json' },
    ...(fault ? { body: JSON.stringify({ match: { path: '/api/v1' }, times: 0, ...fault }) } : {}),
  })
  if (!response.ok) throw new Error(`faults: ${response.status} ${await response.text()}`)
}

async function call(name: string, args: Record<string, unknown>, bearer = token) {
  const response = await fetch(`${server.url}?toolsets=all`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${bearer}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } }),
  })
  const text = await response.text()
  const { result } = JSON.parse(text.split('data: ')[1] ?? text) as {
    result: { isError?: boolean; content: { text: string }[] }
  }
  return {
    status: response.status,
    isError: result.isError,
    body: JSON.parse(result.content[0]?.text ?? '{}'),
  }
}

describe.each(faults)('when the API answers with $kind', ({ fault, code }) => {
  test.each(affected.map((tool) => ({ name: tool.name, tool })))('$name says so', async ({ tool }) => {
    await control('POST', fault)
    const { status, isError, body } = await call(tool.name, sampleArguments(tool))
    expect(status).toBe(200)
    expect(isError, JSON.stringify(body)).toBe(true)
    expect(body.error.code, JSON.stringify(body)).toMatch(code)
    expect(body.error.nextStep).toMatch(/\w/)
    expect(JSON.stringify(body)).not.toContain('upstream-secret-detail')
    if (fault.retry_after) expect(body.error.nextStep).toContain(String(fault.retry_after))
  })
})

test('when no token can be had for the API, a tool says that Scalekit cannot be reached, or refuses', async () => {
  const expected = { 503: 'upstream_unavailable', 400: 'permission_denied' }
  for (const [status, code] of Object.entries(expected)) {
    // A token of the API is remembered per caller, so each try is by a caller who has none yet.
    const fresh = await server.token({ claims: { client_id: `client-${status}` } })
    await control('POST', { match: { path: '/workspace/oauth/token' }, status: Number(status) })
    const { isError, body } = await call('list_environments', {}, fresh)
    await control('DELETE')
    expect(isError).toBe(true)
    expect(body.error.code).toBe(code)
  }
})

test('when the API does not answer at all, every tool ends by its deadline and says so', async () => {
  await control('POST', { latency_ms: 60_000 })
  const answers = await Promise.all(
    affected.map(async (tool) => ({ name: tool.name, ...(await call(tool.name, sampleArguments(tool))) })),
  )
  for (const { name, isError, body } of answers) {
    expect(isError, name).toBe(true)
    expect(body.error.code, name).toMatch(/^(upstream_timeout|upstream_unavailable)$/)
  }
})
