import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type Metric,
  type OpenMetricsContentType,
  Registry,
} from 'prom-client'
import { version } from '../version.js'

/** In seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Counts what happens. */
export interface Metrics {
  request(place: string, method: string, status: number, seconds: number): void
  /** The trace that it belongs to stands beside the count, for scrapers that read OpenMetrics. */
  toolCall(tool: string, effect: string, outcome: string, seconds: number, traceId?: string): void
  upstream(status: number, seconds: number): void
  refused(code: string): void
  /** Adds what is read when it is scraped. */
  read(readings: Readings): void
  /** The text that Prometheus scrapes, in its own format, or in OpenMetrics where `accept` takes that. */
  scrape(accept?: string): Promise<{ readonly type: string; readonly text: string }>
}

/** Read when they are scraped. */
export interface Readings {
  readonly tokens: () => { readonly remembered: number; readonly verified: number }
  readonly auditAvailable?: () => boolean
  readonly redis?: () => 'connected' | 'unreachable'
  readonly questionsWaiting: () => number
}

/**
 * The metrics of this server and of its process, the delay of the event loop included. Labels are words of ours only,
 * so that no client can make series.
 */
export function createMetrics(): Metrics {
  // prom-client has exemplars in a registry of OpenMetrics only.
  const registry = new Registry<OpenMetricsContentType>()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'scalekit_mcp_request_duration_seconds',
    help: 'Requests, from their first byte until the answer has gone or the client has, without the time a person took',
    labelNames: ['place', 'method', 'status'],
    buckets: BUCKETS,
    registers,
  })
  // OpenMetrics 1.0, "Exemplars": one observation, with the id that leads to its trace and its line in the log.
  const calls = new Histogram<'tool' | 'effect' | 'outcome' | 'trace_id'>({
    name: 'scalekit_mcp_tool_call_duration_seconds',
    help: 'Tool calls that reached their tool, or were refused by it',
    labelNames: ['tool', 'effect', 'outcome'],
    buckets: BUCKETS,
    enableExemplars: true,
    registers,
  })
  const upstream = new Histogram({
    name: 'scalekit_mcp_upstream_request_duration_seconds',
    help: 'Calls of the Scalekit API with their repetitions, by the last HTTP status; 0 without an answer',
    labelNames: ['status'],
    buckets: BUCKETS,
    registers,
  })
  const refused = new Counter({
    name: 'scalekit_mcp_refused_requests_total',
    help: 'Requests that were refused before any tool, by the code of the refusal',
    labelNames: ['code'],
    registers,
  })
  return {
    request: (place, method, status, seconds) =>
      requests.observe({ place, method: knownMethod(method), status }, seconds),
    toolCall: (tool, effect, outcome, seconds, traceId) =>
      calls.observe({
        labels: { tool, effect, outcome },
        value: seconds,
        ...(traceId === undefined ? {} : { exemplarLabels: { trace_id: traceId } }),
      }),
    upstream: (status, seconds) => upstream.observe({ status }, seconds),
    refused: (code) => refused.inc({ code }),
    read: (readings) => measureReadings(registry, readings),
    async scrape(accept = '') {
      const chosen = accept.includes('application/openmetrics-text') ? registry : inPrometheusFormat(registry)
      return { type: chosen.contentType, text: await chosen.metrics() }
    },
  }
}

/** The same metrics in Prometheus' own format. For OpenMetrics prom-client takes `_total` from the names of counters. */
function inPrometheusFormat(registry: Registry<OpenMetricsContentType>): Registry {
  const other = new Registry()
  for (const metric of registry.getMetricsAsArray() as unknown as Metric[]) {
    const get = async () => {
      const read = await metric.get()
      return read.type === ('counter' as never)
        ? { ...read, name: read.name.replace(/(_total)?$/, '_total') }
        : read
    }
    other.registerMetric({ ...metric, get, getForPromString: get } as never)
  }
  return other
}

function measureReadings(
  registry: Registry<OpenMetricsContentType>,
  { tokens, auditAvailable, redis, questionsWaiting }: Readings,
): void {
  const registers = [registry]
  new Gauge({
    name: 'scalekit_mcp_build_info',
    help: 'Always 1; the labels say what runs',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version, node: process.version }, 1)
  new Counter({
    name: 'scalekit_mcp_tokens_total',
    help: 'Tokens that were remembered from an earlier request, and those that were verified anew',
    labelNames: ['check'],
    registers,
    collect() {
      const { remembered, verified } = tokens()
      this.reset()
      this.inc({ check: 'remembered' }, remembered)
      this.inc({ check: 'verified' }, verified)
    },
  })
  gauge('scalekit_mcp_questions_waiting', 'Questions that wait for a person to answer', questionsWaiting)
  gauge('scalekit_mcp_audit_available', 'Whether the audit log can be written', auditAvailable)
  gauge(
    'scalekit_mcp_redis_connected',
    'Whether replicas share their limits',
    redis && (() => redis() === 'connected'),
  )

  function gauge(name: string, help: string, read: (() => boolean | number) | undefined): void {
    if (!read) return
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(Number(read()))
      },
    })
  }
}

/** RFC 9110 section 9: a client may write any word there. */
function knownMethod(method: string): string {
  return ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'].includes(method) ? method : 'other'
}
