import fc from 'fast-check'
import { tools } from '../src/tools/index.js'
import { startBehindFaultyApi } from './behind-faulty-api.js'
import { sampleArguments } from './sample-arguments.js'

const names = tools.map(({ name }) => name)
const methods = [
  'tools/call',
  'tools/list',
  'initialize',
  'ping',
  'server/discover',
  'resources/read',
  'resources/list',
  'resources/subscribe',
  'prompts/get',
  'completion/complete',
  'logging/setLevel',
  'subscriptions/listen',
  'notifications/cancelled',
  'notifications/initialized',
  'notifications/progress',
  'tasks/get',
  'sampling/createMessage',
]
const value = fc.jsonValue({ maxDepth: 3 })
const id = fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.double(), value)
const toolName = fc.oneof(
  fc.constantFrom(...names),
  fc.string(),
  fc.constantFrom('__proto__', 'toString'),
  value,
)
const meta = fc.oneof(
  fc.constant({}),
  fc.record(
    {
      'io.modelcontextprotocol/protocolVersion': fc.oneof(
        fc.constantFrom('2026-07-28', '2025-11-25', '1999-01-01'),
        value,
      ),
      'io.modelcontextprotocol/clientCapabilities': fc.oneof(fc.constant({ elicitation: {} }), value),
      'io.modelcontextprotocol/clientInfo': value,
      progressToken: id,
    },
    { requiredKeys: [] },
  ),
  value,
)
/** Reads only: what they do to the API is known, and nothing has to be put back. */
const reads = tools.filter(({ effect }) => effect === 'read')
const call = fc.constantFrom(...reads).chain((tool) =>
  fc.record(
    {
      name: fc.oneof({ weight: 4, arbitrary: fc.constant(tool.name) }, { weight: 1, arbitrary: toolName }),
      arguments: fc.oneof(fc.constant(sampleArguments(tool)), value),
      _meta: meta,
      requestState: value,
      inputResponses: value,
    },
    { requiredKeys: ['name'] },
  ),
)
const params = fc.oneof(
  call,
  fc.record({ uri: fc.oneof(fc.webUrl(), fc.string(), value), _meta: meta }, { requiredKeys: [] }),
  fc.record({ ref: value, argument: value, context: value, _meta: meta }, { requiredKeys: [] }),
  fc.record({ requestId: id, reason: value, progressToken: id }, { requiredKeys: [] }),
  fc.record({ protocolVersion: value, capabilities: value, clientInfo: value }, { requiredKeys: [] }),
  value,
)
const message = fc.record(
  {
    jsonrpc: fc.oneof({ weight: 9, arbitrary: fc.constant('2.0') }, { weight: 1, arbitrary: value }),
    id,
    method: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...methods) },
      { weight: 1, arbitrary: fc.string() },
    ),
    params,
    result: value,
    error: value,
  },
  { requiredKeys: ['jsonrpc', 'method'] },
)
const usual = message.map(({ result: _, error: __, ...rest }) => rest)

interface Body {
  readonly text: string
  readonly headers: Record<string, string>
}

const broken = fc
  .tuple(
    message,
    fc.nat(200),
    fc.constantFrom('', '{', '"', ',', '[', '\\', '\u0000', '\ufeff', '}', '1e999'),
  )
  .map(([given, at, piece]) => {
    const text = JSON.stringify(given)
    return text.slice(0, at) + piece + text.slice(at + 1)
  })

const modernMeta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'fuzz', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
}
const goodParams = fc.oneof(
  fc.constantFrom(...reads).map((tool) => ({
    method: 'tools/call',
    params: { name: tool.name, arguments: sampleArguments(tool) },
  })),
  fc
    .constantFrom(
      'tools/list',
      'resources/list',
      'resources/templates/list',
      'prompts/list',
      'ping',
      'server/discover',
    )
    .map((method) => ({ method, params: {} })),
)

/** What is served, in either era; then the same with one member replaced, in the message or in its parameters. */
const good: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(goodParams, fc.boolean(), fc.oneof(fc.maxSafeInteger(), fc.stringMatching(/^[ -~]{1,20}$/)))
  .map(([{ method, params }, modern, number]) => ({
    jsonrpc: '2.0',
    id: number,
    method,
    params: modern ? { ...params, _meta: modernMeta } : params,
  }))
const nearlyGood = fc
  .tuple(
    good,
    fc.constantFrom('id', 'method', 'params', 'jsonrpc', 'extra', 'name', 'arguments', '_meta'),
    value,
  )
  .map(([given, member, other]) =>
    /^(name|arguments|_meta)$/.test(member)
      ? { ...given, params: { ...(given.params as object), [member]: other } }
      : { ...given, [member]: other },
  )

/** A body by the grammar of JSON-RPC and MCP, and sometimes just beside it. */
const bodies: fc.Arbitrary<Body> = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: good.map((given) => JSON.stringify(given)) },
      { weight: 4, arbitrary: nearlyGood.map((given) => JSON.stringify(given)) },
      { weight: 4, arbitrary: usual.map((given) => JSON.stringify(given)) },
      { weight: 2, arbitrary: message.map((given) => JSON.stringify(given)) },
      { weight: 1, arbitrary: fc.array(message, { maxLength: 3 }).map((given) => JSON.stringify(given)) },
      { weight: 1, arbitrary: broken },
    ),
    fc.record(
      {
        'mcp-protocol-version': fc.constantFrom('2026-07-28', '2025-11-25', '2025-06-18', 'x'),
        'mcp-method': fc.constantFrom(...methods),
        'mcp-name': fc.constantFrom(...names, 'x'),
        'mcp-session-id': fc.uuid(),
      },
      { requiredKeys: [] },
    ),
    fc.integer({ min: 0, max: 9 }),
  )
  .map(([text, headers, fitting]) => ({ text, headers: fitting > 0 ? headersOf(text) : headers }))

/** As a good client would send them, so that the message itself is looked at. */
function headersOf(text: string): Record<string, string> {
  if (!text.includes('"io.modelcontextprotocol/protocolVersion":"2026-07-28"')) return {}
  const method = /"method":"([\x21-\x7e]{1,60}?)"/.exec(text)?.[1]
  const name = /"params":\{"name":"([\x21-\x7e]{1,60}?)"/.exec(text)?.[1]
  return {
    'mcp-protocol-version': '2026-07-28',
    ...(method ? { 'mcp-method': method } : {}),
    ...(name ? { 'mcp-name': name } : {}),
  }
}

export interface FuzzedMessages {
  readonly sent: number
  /** How many of them were answered with a result. */
  readonly served: number
  readonly wrong: string[]
}

/** Sends generated bodies to the real server. Subscriptions and other streams are left after a moment. */
export async function fuzzMessages(count: number, seed?: number): Promise<FuzzedMessages> {
  const { server, api, close } = await startBehindFaultyApi(() => ({ LOG_LEVEL: 'error' }))
  const wrong: string[] = []
  let served = 0
  let sent = 0
  try {
    const token = await server.token({ scopes: ['environment:read', 'organization:read', 'workspace:read'] })
    while (sent < count) {
      const batch = fc.sample(bodies, {
        numRuns: Math.min(200, count - sent),
        ...(seed === undefined ? {} : { seed: seed + sent }),
      })
      for (let at = 0; at < batch.length; at += 20) {
        const answers = await Promise.all(
          batch.slice(at, at + 20).map((body) => send(server.url, token, body)),
        )
        served += answers.filter(({ text }) => text.includes('"result"')).length
        for (const { status, text, body } of answers) {
          if (status >= 500 || status === 0 || /node_modules|at [\w.]+ \(|\.[jt]s:\d/.test(text)) {
            wrong.push(`${status} ${text.slice(0, 300)} for ${JSON.stringify(body).slice(0, 600)}`)
          }
        }
      }
      // The token reads, so whatever else goes out is outside of what it allows.
      wrong.push(
        ...api.seen
          .splice(0)
          .filter(({ method }) => method !== 'GET')
          .map(({ path }) => path),
      )
      sent += batch.length
    }
    const alive = await send(server.url, token, {
      text: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
      headers: {},
    })
    if (!alive.text.includes('whoami')) wrong.push('the server does not answer any more')
    return { sent, served, wrong }
  } finally {
    await close()
  }
}

async function send(url: string, token: string, body: Body) {
  const leave = new AbortController()
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...body.headers,
    },
    body: body.text,
    signal: leave.signal,
  }).catch(() => undefined)
  if (!response) return { status: 0, text: '', body }
  const endless = setTimeout(() => leave.abort(), body.text.includes('subscriptions/listen') ? 50 : 60_000)
  const text = await response.text().catch(() => '')
  clearTimeout(endless)
  return { status: response.status, text, body }
}
