import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** W3C Trace Context: which trace a request belongs to, and what goes upstream as its parent. */
export interface TraceContext {
  readonly traceId: string
  readonly traceparent: string
}

declare module 'node:http' {
  interface IncomingMessage {
    /** Absent: nobody began a trace. */
    trace?: TraceContext
  }
}

/** Puts the context on a request whose body has been read. */
export type BeginTrace = (req: IncomingMessage & { body?: unknown }, res: ServerResponse) => void

const shape = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/** From the message's `_meta` (MCP 2026-07-28, basic, "_meta"), or else from the header. */
export function readTraceContext(req: IncomingMessage & { body?: unknown }): TraceContext | undefined {
  const { params } = Object(req.body) as { params?: unknown }
  const { _meta: meta } = Object(params) as { _meta?: unknown }
  const { traceparent: own } = Object(meta) as { traceparent?: unknown }
  return parse(own) ?? parse(req.headers.traceparent)
}

/** What a request is called in the log, the audit log and its trace. */
export class RequestIds {
  readonly requestId: string = randomUUID()
  readonly #req: IncomingMessage & { body?: unknown }
  #traceId: string | undefined

  constructor(req: IncomingMessage) {
    this.#req = req
  }

  /** Of its trace; without one, its own id. To be asked when the body has been read, or never will be. */
  get traceId(): string {
    this.#traceId ??=
      (this.#req.trace ?? readTraceContext(this.#req))?.traceId ?? this.requestId.replaceAll('-', '')
    return this.#traceId
  }
}

function parse(traceparent: unknown): TraceContext | undefined {
  if (typeof traceparent !== 'string') return undefined
  const traceId = shape.exec(traceparent)?.[1]
  return traceId === undefined ? undefined : { traceId, traceparent }
}
