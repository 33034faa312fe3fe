import type { Caller } from '@scalekit-mcp/auth'
import type { AuditedCall } from './audit-event.js'
import type { AuditLog } from './audit-log.js'
import { intentRecord, requestRecord } from './request-record.js'

/** What becomes known of one request while it is served; it is noted once, when everything about it has ended. */
export interface RequestAudit {
  /** It was refused, by a code of ours. */
  refused(reason: string): void
  /** A tool is called; `ended` has to follow. */
  calls(call: AuditedCall): void
  /**
   * Resolves when it is on the disk that the write is about to go out.
   * @throws ToolError `audit_unavailable`
   */
  intends(): Promise<void>
  /** Scalekit answered. */
  answered(status: number): void
  /** The call goes on: it waits for a person. `ended` has to follow. */
  waits(): void
  /** A person's answer came, in another request. */
  personAnswered(requestId: string): void
  ended(outcome: string, decision: { readonly refused: boolean }): void
}

/** Where the log is off. */
export const unaudited: RequestAudit = {
  refused: () => undefined,
  calls: () => undefined,
  intends: async () => undefined,
  answered: () => undefined,
  waits: () => undefined,
  personAnswered: () => undefined,
  ended: () => undefined,
}

/** What the record says of a request, as far as it is known when it ends. */
export interface AuditedRequest {
  readonly requestId: string
  readonly traceId: string
  readonly address: string
  readonly method: string
  /** Which part of the server it is for: one of our own words. */
  readonly place: string
  readonly caller: Caller | undefined
  readonly message: unknown
}

/**
 * The record of a request over HTTP. It is written when the answer has gone, or the client has, and no call runs. A class,
 * as what begins with every request is: as a literal it made seven functions for each.
 */
export class HttpAudit implements RequestAudit {
  readonly #log: AuditLog
  readonly #request: AuditedRequest
  readonly #started = performance.now()
  #call: AuditedCall | undefined
  #answeredIn: string | undefined
  #reason: string | undefined
  #outcome: string | undefined
  #upstreamStatus: number | undefined
  #running = false
  #status: number | undefined

  constructor(log: AuditLog, request: AuditedRequest) {
    this.#log = log
    this.#request = request
  }

  /** The answer has gone, or the client has: then the status is 0. */
  closed(status: number): void {
    this.#status = status
    this.#note()
  }

  refused(code: string): void {
    this.#reason = code
  }

  calls(call: AuditedCall): void {
    this.#call = { ...call, answeredIn: this.#answeredIn }
    this.#running = true
  }

  async intends(): Promise<void> {
    const { caller } = this.#request
    if (!caller || !this.#call) throw new Error('An intent needs a caller and a call')
    await this.#log.commit(intentRecord(this.#request, this.#log.audited(caller), this.#call))
  }

  answered(status: number): void {
    this.#upstreamStatus = status
  }

  waits(): void {
    this.#running = true
  }

  personAnswered(requestId: string): void {
    this.#answeredIn = requestId
  }

  ended(outcome: string, { refused }: { readonly refused: boolean }): void {
    this.#outcome = outcome
    if (refused) this.#reason = outcome
    this.#running = false
    this.#note()
  }

  #note(): void {
    const status = this.#status
    if (status === undefined || this.#running) return
    const { address, method, place, caller, message } = this.#request
    this.#log.note(
      requestRecord({
        ids: this.#request,
        address,
        method,
        place,
        rpc: rpcOf(message),
        status,
        reason: this.#reason ?? (status >= 400 ? `http_${status}` : undefined),
        caller: caller && this.#log.audited(caller),
        call: this.#call,
        outcome: this.#outcome,
        upstreamStatus: this.#upstreamStatus,
        milliseconds: Math.round(performance.now() - this.#started),
      }),
    )
  }
}

/** The method of the message: the client's own text, so it counts only where it looks like one of MCP. */
function rpcOf(message: unknown): string | undefined {
  const { method } = Object(message) as { method?: unknown }
  return typeof method === 'string' && RPC.test(method) ? method : undefined
}

const RPC = /^[a-z]{1,20}(\/[a-zA-Z_]{1,20}){0,2}$/
