import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { freePort, inTime, mintToken, type Program, startDev } from '../../../test/harness/program.js'
import { readRecords } from './audit-records.js'
import { startBehindFaultyApi } from './behind-faulty-api.js'
import { postCall, postMessage, toolErrorOf } from './post-message.js'
import { eras } from './server-under-test.js'

interface Span {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly attributes: { readonly key: string; readonly value: { readonly stringValue?: string } }[]
}

const environmentId = 'env_100000000000000001'
const CLIENT_TRACE = '0af7651916cd43dd8448eb211c80319c'
// As Prometheus asks.
const OPEN_METRICS = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5'
const traceparent = `00-${CLIENT_TRACE}-b7ad6b7169203331-01`

const spans: Span[] = []
let receiver: Server
let program: Program
let metricsUrl: string
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'observe-'))
  // What an OpenTelemetry collector is to the server: OTLP over HTTP, in JSON.
  receiver = createServer(async (req, res) => {
    let text = ''
    for await (const chunk of req) text += chunk
    if (req.url === '/v1/traces') {
      const { resourceSpans } = JSON.parse(text) as {
        resourceSpans: { scopeSpans: { spans: Span[] }[] }[]
      }
      spans.push(...resourceSpans.flatMap((each) => each.scopeSpans.flatMap((scope) => scope.spans)))
    }
    res.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  const metricsPort = await freePort()
  metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`
  program = await startDev({
    env: {
      METRICS_PORT: String(metricsPort),
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '50',
      AUDIT_FILE: join(folder, 'audit.jsonl'),
    },
  })
})
afterAll(async () => {
  // How a program ends in order is another test's question, and takes a second.
  await program?.stop('SIGKILL')
  receiver?.close()
  rmSync(folder, { recursive: true })
})

const attribute = (span: Span | undefined, name: string) =>
  span?.attributes.find(({ key }) => key === name)?.value.stringValue
const scrape = async () => (await fetch(metricsUrl)).text()
/** How many calls of a tool with an outcome are counted. */
const counted = async (tool: string | undefined, outcome: string | undefined) => {
  const series = `scalekit_mcp_tool_call_duration_seconds_count{tool="${tool}",effect="read",outcome="${outcome}"} `
  const line = (await scrape()).split('\n').find((each) => each.startsWith(series))
  return Number(line?.slice(series.length) ?? 0)
}
/** Lines go out together, within a quarter of a second. */
const logLine = async (requestId: string | null) => {
  await expect.poll(() => linesOf(requestId).length).toBeGreaterThan(0)
  return linesOf(requestId)
}
const linesOf = (requestId: string | null) =>
  program
    .output()
    .split('\n')
    .filter((line) => line.includes(`"requestId":"${requestId}"`))
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe.each(eras)('a call over %s', (era) => {
  test('shares its ids in the trace, the log and the audit log, and is counted', async () => {
    const token = await mintToken(program)
    const id = `call-${era}`
    const before = await counted('list_organizations', 'ok')
    const call = () =>
      postCall(
        program.url,
        token,
        'list_organizations',
        { environmentId },
        { era, id, params: { _meta: { traceparent } } },
      )
    const posted = await inTime(call, (each) =>
      /^upstream_(timeout|unavailable)$/.test(toolErrorOf(each)?.code ?? ''),
    )
    expect(toolErrorOf(posted)).toBeUndefined()
    const requestId = posted.headers.get('x-request-id')
    const span = await expect
      .poll(() => spans.find((each) => attribute(each, 'scalekit_mcp.request.id') === requestId))
      .toBeDefined()
      .then(() => spans.find((each) => attribute(each, 'scalekit_mcp.request.id') === requestId))
    expect(span).toMatchObject({
      name: 'tools/call list_organizations',
      traceId: CLIENT_TRACE,
      parentSpanId: 'b7ad6b7169203331',
    })
    expect(attribute(span, 'mcp.method.name')).toBe('tools/call')
    expect(attribute(span, 'gen_ai.tool.name')).toBe('list_organizations')
    expect(attribute(span, 'mcp.protocol.version')).toBe(era)
    expect(attribute(span, 'jsonrpc.request.id')).toBe(id)
    expect(attribute(span, 'scalekit_mcp.outcome')).toBe('ok')

    const [line, ...more] = await logLine(requestId)
    expect(more).toEqual([])
    expect(line).toMatchObject({
      traceId: CLIENT_TRACE,
      tool: 'list_organizations',
      outcome: 'ok',
      subject: attribute(span, 'enduser.id'),
      clientId: attribute(span, 'oauth.client.id'),
    })
    await expect
      .poll(async () =>
        (await readRecords(join(folder, 'audit.jsonl'))).map((each) => Object(each).requestId),
      )
      .toContain(requestId)
    const records = await readRecords(join(folder, 'audit.jsonl'))
    expect(records.find((each) => Object(each).requestId === requestId)).toMatchObject({
      traceId: CLIENT_TRACE,
    })

    // A series has no id of one call, but the last one's beside it where the scraper takes OpenMetrics.
    const [tool, outcome] = [attribute(span, 'gen_ai.tool.name'), attribute(span, 'scalekit_mcp.outcome')]
    expect(await counted(tool, outcome)).toBe(before + 1)
    expect(line).toMatchObject({ tool, outcome })
    const openMetrics = await fetch(metricsUrl, { headers: { accept: OPEN_METRICS } })
    expect(openMetrics.headers.get('content-type')).toContain('application/openmetrics-text')
    const text = await openMetrics.text()
    expect(text).toMatch(/\n# EOF\n$/)
    expect(text).toContain('# TYPE scalekit_mcp_refused_requests counter\n')
    const bucket = `scalekit_mcp_tool_call_duration_seconds_bucket{le="[^"]+",tool="${tool}",effect="read",outcome="${outcome}"}`
    expect(text).toMatch(new RegExp(`${bucket} \\d+ # {trace_id="${CLIENT_TRACE}"} [\\d.]+ [\\d.]+\n`))
    // The other format stays as it was.
    expect(await scrape()).toContain('# TYPE scalekit_mcp_refused_requests_total counter\n')
    expect(await scrape()).not.toContain(CLIENT_TRACE)
  })

  test('that is refused has its reason in the trace, the log and the metrics', async () => {
    const posted = await postCall(
      program.url,
      await mintToken(program),
      'create_organization',
      {
        environmentId,
        name: 'No scope',
      },
      { era },
    )
    expect(posted.status).toBe(403)
    const requestId = posted.headers.get('x-request-id')
    await expect
      .poll(() => spans.find((each) => attribute(each, 'scalekit_mcp.request.id') === requestId))
      .toBeDefined()
    const span = spans.find((each) => attribute(each, 'scalekit_mcp.request.id') === requestId)
    expect(attribute(span, 'error.type')).toBe('insufficient_scope')
    expect(await logLine(requestId)).toMatchObject([
      { refused: 'insufficient_scope', traceId: span?.traceId },
    ])
    expect(await scrape()).toMatch(/scalekit_mcp_refused_requests_total\{code="insufficient_scope"\} [1-9]/)
  })
})

test('a client cannot make series or names of spans', async () => {
  const token = await mintToken(program)
  await postMessage(program.url, token, 'tools/<b>odd</b>', {})
  await postCall(program.url, token, 'tool_of_the_client', {})
  await fetch(`${program.url}/path-of-the-client`, { method: 'PROPFIND' }).catch(() => undefined)
  await expect.poll(() => spans.some(({ name }) => name === 'tools/call')).toBe(true)
  expect(spans.map(({ name }) => name).join()).not.toMatch(/odd|tool_of_the_client/)
  expect(await scrape()).not.toMatch(/odd|tool_of_the_client|path-of-the-client|PROPFIND/)
})

test('the metrics port serves nothing else, and holds no name of a caller', async () => {
  expect((await fetch(metricsUrl.replace('/metrics', '/health'))).status).toBe(404)
  expect((await fetch(metricsUrl, { method: 'POST' })).status).toBe(404)
  const text = await scrape()
  expect(text).toMatch(/scalekit_mcp_build_info\{version="[^"]+",node="v\d+/)
  expect(text).toContain('scalekit_mcp_audit_available 1')
  expect(text).not.toMatch(/usr_|example\.com|local_control/)
})

test('every metric of the dashboard and the alerts is in a scrape', async () => {
  const folder = new URL('../../../deploy/observability/', import.meta.url)
  const dashboard = JSON.parse(readFileSync(new URL('grafana-dashboard.json', folder), 'utf8')) as {
    panels: { targets: { expr: string }[] }[]
  }
  const alerts = parse(readFileSync(new URL('alerts.yaml', folder), 'utf8')) as {
    groups: { rules: { expr: string }[] }[]
  }
  const queries = [
    ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ...alerts.groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
  ]
  expect(queries.length).toBeGreaterThan(15)
  // Of Redis there is a metric only where there is a Redis; `test:services` scrapes that one.
  const present = `${await scrape()}\nscalekit_mcp_redis_connected 1\n`
  const names = new Set(queries.flatMap((expr) => expr.match(/\b(scalekit_mcp|nodejs|process)_\w+/g) ?? []))
  expect([...names].filter((name) => !new RegExp(`^${name}[{ ]`, 'm').test(present))).toEqual([])
})

test('the trace of the client goes on to Scalekit, also without OpenTelemetry', async () => {
  const { server, api, close } = await startBehindFaultyApi()
  const seen: unknown[] = []
  api.fault = (req) => {
    seen.push(req.headers.traceparent)
    return false
  }
  try {
    const token = await server.token()
    const call = (options: Parameters<typeof postCall>[4]) =>
      postCall(server.url, token, 'list_organizations', { environmentId }, options)
    expect(toolErrorOf(await call({ headers: { traceparent } }))).toBeUndefined()
    expect(toolErrorOf(await call({ params: { _meta: { traceparent } } }))).toBeUndefined()
    expect(seen.filter((each) => each === traceparent).length).toBeGreaterThanOrEqual(2)
    seen.length = 0
    await call({ headers: { traceparent: `${traceparent}\u00e9` } })
    await call({})
    expect(seen.length).toBeGreaterThan(0)
    expect(seen.filter((each) => each !== undefined)).toEqual([])
  } finally {
    await close()
  }
})
