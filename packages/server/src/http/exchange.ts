import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Caller, Refusal } from '@scalekit-mcp/auth'
import { type AnswerType, pathOf, requestLine } from '@scalekit-mcp/auth/server'
import type { AuditLog } from '../audit/audit-log.js'
import { HttpAudit, type RequestAudit, unaudited } from '../audit/request-audit.js'
import type { Logger } from '../observe/log.js'
import type { Metrics } from '../observe/metrics.js'
import { readTraceContext, type TraceContext } from '../observe/trace-context.js'

type Fields = Readonly<Record<string, unknown>>

/** What the exchanges of a server share. */
export interface ExchangeOptions {
  readonly log: Logger
  readonly auditLog: AuditLog | undefined
  readonly metrics: Metrics | undefined
  readonly addressOf: (req: IncomingMessage) => string
  /** Where MCP is. */
  readonly path: string
}

/** Why a request was refused. */
type Reason = { readonly code: string } & Partial<
  Pick<Refusal, 'detail' | 'explanation' | 'address' | 'cause'>
>

/**
 * One request and its answer, with everything that becomes known of it on the way. It ends with a line in the log, a record
 * in the audit log and a place in the metrics. It is handed on as an argument; nothing is added to the request.
 */
export class Exchange {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly requestId: string = randomUUID()
  readonly method: string
  readonly address: string
  /** Which part of the server it is for: the path is the client's own text, so the audit log does not repeat it. */
  readonly place: 'mcp' | 'metadata' | 'hand-off' | 'other'
  readonly audit: RequestAudit
  /** Who calls, once the token was verified. */
  caller: Caller | undefined
  /** One JSON-RPC message, once the body was read. */
  message: unknown
  /** Set when the client accepts only one of the two media types of MCP. */
  acceptsOnly: AnswerType | undefined
  /** The span of this exchange, where spans are made. */
  span: TraceContext | undefined
  readonly #options: ExchangeOptions
  readonly #record: HttpAudit | undefined
  readonly #started = performance.now()
  #traceId: string | undefined
  /** How long persons took, and since when one is asked. */
  #personMs = 0
  #askedAt: number | undefined
  #notes: Fields = {}
  #ended = false

  constructor(options: ExchangeOptions, req: IncomingMessage, res: ServerResponse) {
    const path = pathOf(req.url)
    this.#options = options
    this.req = req
    this.res = res
    this.method = req.method ?? ''
    this.address = options.addressOf(req)
    this.place = placeOf(path, options.path)
    // Probes have no record.
    this.#record = options.auditLog && path !== '/ready' ? new HttpAudit(options.auditLog, this) : undefined
    this.audit = this.#record ?? unaudited
    res.setHeader('x-request-id', this.requestId)
  }

  /** The span's, or else the client's own, which goes on to Scalekit as it came. Ask when the message is known. */
  get trace(): TraceContext | undefined {
    return this.span ?? readTraceContext(this.req.headers, this.message)
  }

  /** Of its trace; without one, its own id. Ask when the message is known. */
  get traceId(): string {
    this.#traceId ??= this.trace?.traceId ?? this.requestId.replaceAll('-', '')
    return this.#traceId
  }

  /** What its line in the log says beside the request: why it was refused, which tool it called, and how that ended. */
  get notes(): Fields {
    return this.#notes
  }

  /** Adds to its line in the log. A call that outlives its client has a line of its own. */
  note(fields: Fields): void {
    const { requestId } = this
    if (this.#ended) this.#options.log.info({ requestId, ...fields }, 'ended without its client')
    else this.#notes = { ...this.#notes, ...fields }
  }

  /**
   * A person is asked, until what this returns is called. Their time is not the server's: the log says it apart, and the metrics
   * leave it out.
   */
  asks(): () => void {
    this.audit.waits()
    this.#askedAt = performance.now()
    return () => {
      this.#personMs = this.#personTime()
      this.#askedAt = undefined
    }
  }

  #personTime(): number {
    return this.#personMs + (this.#askedAt === undefined ? 0 : performance.now() - this.#askedAt)
  }

  /** It was refused, by a code that the client got; the rest is for the log. */
  refused({ code, detail, explanation, address, cause }: Reason): void {
    this.audit.refused(detail ? `${code}: ${detail}` : code)
    this.#options.metrics?.refused(code)
    this.note({ refused: code, detail, explanation, address, err: cause })
  }

  /** The answer has gone, or the client has: it ends as soon as the protection has decided. */
  async closed(deciding: Promise<unknown>): Promise<void> {
    const milliseconds = performance.now() - this.#started
    const personMs = this.#personTime()
    const { headersSent, writableFinished, statusCode } = this.res
    const status = headersSent ? statusCode : 0
    await deciding.catch(() => undefined)
    const { method, place, caller, requestId, traceId } = this
    const { log, metrics } = this.#options
    this.#ended = true
    metrics?.request(place, method, status, (milliseconds - personMs) / 1000)
    const line = requestLine({ method, url: this.req.url ?? '', status, milliseconds, caller })
    const person = personMs > 0 ? { personMs: Math.round(personMs) } : {}
    const level = PROBES.has(line.path) ? 'debug' : 'info'
    log[level]({ requestId, traceId, ...line, ...person, ...this.#notes }, 'request')
    this.#record?.closed(writableFinished ? statusCode : 0)
  }
}

/** Load balancers and orchestrators ask every few seconds; their lines would hide the others. */
const PROBES: ReadonlySet<string> = new Set(['/health', '/healthz', '/ready'])

function placeOf(path: string, mcpPath: string): Exchange['place'] {
  if (path === mcpPath) return 'mcp'
  if (path.startsWith('/.well-known/')) return 'metadata'
  return path.startsWith('/hand-off/') ? 'hand-off' : 'other'
}
