import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  type Metric,
  type OpenMetricsContentType,
  Registry,
} from 'prom-client'
import { version } from '../version.js'
import { createSecondsHistogram } from './seconds-histogram.js'

/** Told of what happens, on its way; each costs a microsecond or two. */
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
}

/**
 * The metrics of this server and of its process, the delay of the event loop included. Labels are words of ours only,
 * so that no client can make series.
 */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const requests = createSecondsHistogram(
    registry,
    'scalekit_mcp_request_duration_seconds',
    'Requests, from their first byte until the answer has gone or the client has',
    ['place', 'method', 'status'],
  )
  const calls = createSecondsHistogram(
    registry,
    'scalekit_mcp_tool_call_duration_seconds',
    'Tool calls that reached their tool, or were refused by it',
    ['tool', 'effect', 'outcome'],
  )
  const upstream = createSecondsHistogram(
    registry,
    'scalekit_mcp_upstream_request_duration_seconds',
    'Calls of the Scalekit API with their repetitions, by the last HTTP status; 0 without an answer',
    ['status'],
  )
  const refused = new Counter({
    name: 'scalekit_mcp_refused_requests_total',
    help: 'Requests that were refused before any tool, by the code of the refusal',
    labelNames: ['code'],
    registers,
  })
  const refusedBy = new Map<string, Counter.Internal>()
  return {
    request: (place, method, status, seconds) => requests(seconds, [place, knownMethod(method), status]),
    toolCall: (tool, effect, outcome, seconds, traceId) => calls(seconds, [tool, effect, outcome], traceId),
    upstream: (status, seconds) => upstream(seconds, [status]),
    refused(code) {
      // prom-client checks and sorts the labels for each `inc` that names them: once for each code is enough.
      const own = refusedBy.get(code) ?? refused.labels(code)
      refusedBy.set(code, own)
      own.inc()
    },
    read: (readings) => measureReadings(registry, readings),
    async scrape(accept = '') {
      const chosen = accept.includes('application/openmetrics-text') ? openMetrics(registry) : registry
      return { type: chosen.contentType, text: await chosen.metrics() }
    },
  }
}

/** The same metrics in the other format. prom-client renames counters for it, so these are copies. */
function openMetrics(registry: Registry): Registry<OpenMetricsContentType> {
  const other = new Registry<OpenMetricsContentType>()
  other.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  for (const metric of registry.getMetricsAsArray() as unknown as Metric[]) {
    const get = async () => {
      const read = await metric.get()
      return read.type === ('counter' as never) ? { ...read, name: read.name.replace(/_total$/, '') } : read
    }
    other.registerMetric({ ...metric, get, getForPromString: get } as never)
  }
  return other
}

function measureReadings(registry: Registry, { tokens, auditAvailable, redis }: Readings): void {
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
  gauge('scalekit_mcp_audit_available', 'Whether the audit log can be written', auditAvailable)
  gauge(
    'scalekit_mcp_redis_connected',
    'Whether replicas share their limits',
    redis && (() => redis() === 'connected'),
  )

  function gauge(name: string, help: string, read: (() => boolean) | undefined): void {
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
