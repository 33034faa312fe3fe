import type { IncomingHttpHeaders } from 'node:http'

/** W3C Trace Context: which trace a request belongs to, and what goes upstream as its parent. */
export interface TraceContext {
  readonly traceId: string
  readonly traceparent: string
}

const shape = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/** From the message's `_meta` (MCP 2026-07-28, basic, "_meta"), or else from the header. */
export function readTraceContext(headers: IncomingHttpHeaders, message: unknown): TraceContext | undefined {
  const { params } = Object(message) as { params?: unknown }
  const { _meta: meta } = Object(params) as { _meta?: unknown }
  const { traceparent: own } = Object(meta) as { traceparent?: unknown }
  return parse(own) ?? parse(headers.traceparent)
}

function parse(traceparent: unknown): TraceContext | undefined {
  if (typeof traceparent !== 'string') return undefined
  const traceId = shape.exec(traceparent)?.[1]
  return traceId === undefined ? undefined : { traceId, traceparent }
}
