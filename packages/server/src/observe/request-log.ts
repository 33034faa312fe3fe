import type { IncomingMessage } from 'node:http'
import { oncePerCaller } from '../once-per-caller.js'
import { createInfoWriter, type Logger, membersOf } from './log.js'
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
  const writeInfo = createInfoWriter(log)
  return (req, ids, path) => {
    const line = new RequestLine(log, writeInfo, req, ids, path)
    req.note = (fields) => line.note(fields)
    return line
  }
}

type Fields = Readonly<Record<string, unknown>>

/** The line of one request. */
export class RequestLine {
  readonly #log: Logger
  readonly #writeInfo: (members: string, message: string) => void
  readonly #req: IncomingMessage
  readonly #ids: RequestIds
  readonly #path: string
  #notes: Fields | undefined
  #written = false

  constructor(
    log: Logger,
    writeInfo: (members: string, message: string) => void,
    req: IncomingMessage,
    ids: RequestIds,
    path: string,
  ) {
    this.#log = log
    this.#writeInfo = writeInfo
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
    if (!this.#log.isLevelEnabled('info')) return
    const time = Math.round(milliseconds)
    const noted = this.#notes ? membersOf(this.#notes) : ''
    if (noted === undefined) this.#writeFields(status, time)
    else this.#writeMembers(status, time, noted)
  }

  #writeMembers(status: number, milliseconds: number, noted: string): void {
    const { requestId, traceId } = this.#ids
    const { method, caller } = this.#req
    this.#writeInfo(
      `"requestId":"${requestId}","traceId":"${traceId}","method":"${method}","path":${JSON.stringify(this.#path)}` +
        `,"status":${status},"milliseconds":${milliseconds}${caller ? callerMembers(caller) : ''}${noted}`,
      'request',
    )
  }

  #writeFields(status: number, milliseconds: number): void {
    const { requestId, traceId } = this.#ids
    const { method, caller } = this.#req
    const { subject, clientId } = caller ?? {}
    const fields = { requestId, traceId, method, path: this.#path, status, milliseconds, subject, clientId }
    this.#log.info({ ...fields, ...this.#notes }, 'request')
  }
}

const callerMembers = oncePerCaller(
  ({ subject, clientId }) => `,"subject":${JSON.stringify(subject)},"clientId":${JSON.stringify(clientId)}`,
)
