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

/** The line of one request. */
export interface RequestLine {
  /** Writes it. */
  end(status: number, milliseconds: number): void
}

/** Begins the line of a request. */
export type LogRequest = (req: IncomingMessage, ids: RequestIds, path: string) => RequestLine

/**
 * One line per request, when its answer has gone or its client has: id, trace, method, path without query, status,
 * time, caller, and what was noted on the way. Never headers, bodies or queries. A call that outlives its client has
 * a line of its own.
 */
export function createRequestLog(log: Logger): LogRequest {
  const writeInfo = createInfoWriter(log)
  return (req, ids, path) => {
    let notes: Readonly<Record<string, unknown>> | undefined
    let written = false
    req.note = (fields) => {
      if (written) log.info({ requestId: ids.requestId, ...fields }, 'ended without its client')
      else notes = notes ? { ...notes, ...fields } : fields
    }
    return {
      end(status, milliseconds) {
        written = true
        if (!log.isLevelEnabled('info')) return
        const { requestId, traceId } = ids
        const { method, caller } = req
        const shown = path.length > 200 ? path.slice(0, 200) : path
        const time = Math.round(milliseconds)
        const noted = notes ? membersOf(notes) : ''
        if (noted === undefined) {
          const { subject, clientId } = caller ?? {}
          log.info(
            {
              requestId,
              traceId,
              method,
              path: shown,
              status,
              milliseconds: time,
              subject,
              clientId,
              ...notes,
            },
            'request',
          )
          return
        }
        writeInfo(
          `"requestId":"${requestId}","traceId":"${traceId}","method":"${method}","path":${JSON.stringify(shown)}` +
            `,"status":${status},"milliseconds":${time}${caller ? callerMembers(caller) : ''}${noted}`,
          'request',
        )
      },
    }
  }
}

const callerMembers = oncePerCaller(
  ({ subject, clientId }) => `,"subject":${JSON.stringify(subject)},"clientId":${JSON.stringify(clientId)}`,
)
