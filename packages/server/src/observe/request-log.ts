import type { IncomingMessage } from 'node:http'
import { type Logger, writeInfo } from './log.js'
import { traceIdOf } from './trace-context.js'

declare module 'node:http' {
  interface IncomingMessage {
    /** Adds to the request's line in the log: why it was refused, which tool it called, and how that ended. */
    note?: (fields: Readonly<Record<string, unknown>>) => void
  }
}

/** The line of one request. */
export interface RequestLine {
  /** Writes it. */
  end(status: number, milliseconds: number): void
}

/**
 * One line per request, when its answer has gone or its client has: id, trace, method, path without query, status,
 * time, caller, and what was noted on the way. Never headers, bodies or queries. A call that outlives its client has
 * a line of its own.
 */
export function logRequest(
  log: Logger,
  req: IncomingMessage,
  { requestId, path }: { readonly requestId: string; readonly path: string },
): RequestLine {
  let notes: Readonly<Record<string, unknown>> | undefined
  let written = false
  req.note = (fields) => {
    if (written) log.info({ requestId, ...fields }, 'ended without its client')
    else notes = notes ? { ...notes, ...fields } : fields
  }
  return {
    end(status, milliseconds) {
      written = true
      writeInfo(
        log,
        {
          requestId,
          traceId: traceIdOf(req, requestId),
          method: req.method,
          path: path.length > 200 ? path.slice(0, 200) : path,
          status,
          milliseconds: Math.round(milliseconds),
          subject: req.caller?.subject,
          clientId: req.caller?.clientId,
          ...notes,
        },
        'request',
      )
    },
  }
}
