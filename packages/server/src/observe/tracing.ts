import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Exchange } from '../http/exchange.js'
import { version } from '../version.js'
import { redact } from './redact.js'

const traceparentOf = {
  get: (carrier: { traceparent?: string }, key: string) =>
    key === 'traceparent' ? carrier.traceparent : undefined,
  keys: () => ['traceparent'],
}

/**
 * Starts OpenTelemetry, which reads its own variables (OTEL_…), and gives what makes a span of each message: by the
 * conventions for MCP, `{mcp.method.name} {tool}`, a child of the trace that the client began.
 */
export async function startTracing(toolNames: ReadonlySet<string>): Promise<{
  readonly begin: (exchange: Exchange) => void
  close(): Promise<void>
}> {
  const { NodeSDK } = await import('@opentelemetry/sdk-node')
  const sdk = new NodeSDK({ serviceName: 'scalekit-mcp', instrumentations: [] })
  sdk.start()
  const tracer = trace.getTracer('scalekit-mcp', version)
  return {
    begin(exchange) {
      const parent = propagation.extract(
        context.active(),
        { traceparent: exchange.trace?.traceparent },
        traceparentOf,
      )
      const message = messageOf(exchange, toolNames)
      const span = tracer.startSpan(
        message.name,
        { kind: SpanKind.SERVER, attributes: message.attributes },
        parent,
      )
      const { traceId, spanId, traceFlags } = span.spanContext()
      exchange.span = {
        traceId,
        traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
      }
      const { res } = exchange
      res.once('close', () => {
        const { notes } = exchange
        const outcome = notes.refused ?? notes.outcome
        span.setAttributes(attributesAtEnd(exchange))
        if (typeof outcome === 'string') span.setAttribute('scalekit_mcp.outcome', outcome)
        const failed = typeof outcome === 'string' && outcome !== 'ok' && outcome !== 'input_required'
        if (failed) span.setAttribute('error.type', outcome as string)
        if (failed || res.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
        span.end()
      })
    },
    close: () => sdk.shutdown(),
  }
}

/** The client's own words become part of a span only where they are words of ours or of MCP. */
function messageOf({ req, message }: Exchange, toolNames: ReadonlySet<string>) {
  const { method, id, params } = Object(message) as { method?: unknown; id?: unknown; params?: unknown }
  const { name: called } = Object(params) as { name?: unknown }
  const isMethod = typeof method === 'string' && /^[a-z]{1,20}(\/[a-zA-Z_]{1,20}){0,2}$/.test(method)
  const name = isMethod ? method : 'message'
  const tool =
    method === 'tools/call' && typeof called === 'string' && toolNames.has(called) ? called : undefined
  const revision = req.headers['mcp-protocol-version']
  const session = req.headers['mcp-session-id']
  return {
    name: tool === undefined ? name : `${name} ${tool}`,
    attributes: {
      'mcp.method.name': name,
      'network.transport': 'tcp',
      ...(tool === undefined ? {} : { 'gen_ai.tool.name': tool, 'gen_ai.operation.name': 'execute_tool' }),
      ...(typeof revision === 'string' && /^\d{4}-\d\d-\d\d$/.test(revision)
        ? { 'mcp.protocol.version': revision }
        : {}),
      ...(typeof id === 'number' || typeof id === 'string'
        ? { 'jsonrpc.request.id': redact(String(id)).slice(0, 100) }
        : {}),
      ...(typeof session === 'string' && /^[0-9a-f-]{36}$/.test(session)
        ? { 'mcp.session.id': session }
        : {}),
    },
  }
}

function attributesAtEnd({ res, requestId, caller }: Exchange) {
  return {
    'http.response.status_code': res.statusCode,
    'scalekit_mcp.request.id': requestId,
    ...(caller ? { 'enduser.id': caller.subject, 'oauth.client.id': caller.clientId } : {}),
  }
}
