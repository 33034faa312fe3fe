import type { IncomingMessage } from 'node:http'
import type { Logger } from './log.js'
import type { RequestIds } from './trace-context.js'

declare module 'node:http' {
  interface IncomingMessage {
    /** Adds to the request's line in the log: why it was refused, which tool it called, and how that ended. */
    note?: (fields: Readonly<Record<string, unknown>>) => void
  }
}

/** Begins the line of a request; `path` is as `loggedPath` of the auth kit returns it. */
export type LogRequest = (req: IncomingMessage, ids: RequestIds, path: string) => RequestLine

/**
 * One line per request, when its answer has been sent or its client has left: id, trace, method, path, status, time, caller,
 * and what was noted on the way. Never headers, bodies, queries or credentials. A call that outlives its client has
 * a line of its own.
 */
export function createRequestLog(log: Logger): LogRequest {
  return (req, ids, path) => {
    const line = new RequestLine(log, req, ids, path)
    req.note = (fields) => line.note(fields)
    return line
  }
}

type Fields = Readonly<Record<string, unknown>>

/** The line of one request. */
export class RequestLine {
  readonly #log: Logger
  readonly #req: IncomingMessage
  readonly #ids: RequestIds
  readonly #path: string
  #notes: Fields | undefined
  #written = false

  constructor(log: Logger, req: IncomingMessage, ids: RequestIds, path: string) {
    this.#log = log
    this.#req = req
    this.#ids = ids
    this.#path = path
  }

  note(fields: Fields): void {
    if (this.#written)
      this.#log.info({ requestId: this.#ids.requestId, ...fields }, 'ended without its client')
    else this.#notes = this.#notes ? { ...this.#notes, ...fields } : fields
  }

  /** Writes it. */
  end(status: number, milliseconds: number): void {
    this.#written = true
    const { requestId, traceId } = this.#ids
    const { method, caller } = this.#req
    const { subject, clientId } = caller ?? {}
    const fields = { requestId, traceId, method, path: this.#path, status, subject, clientId }
    this.#log.info({ ...fields, milliseconds: Math.round(milliseconds), ...this.#notes }, 'request')
  }
}
