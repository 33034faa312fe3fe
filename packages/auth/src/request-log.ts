import type { Caller } from './caller.js'
import { callerIfAny } from './caller-of.js'
import { loggedPath } from './logged-path.js'
import type { Middleware } from './middleware.js'

/** One line of a request log. No header, query, body or address is in it. */
export interface RequestLine {
  readonly method: string
  /** Without its query; what looks like a credential is `[redacted]`. */
  readonly path: string
  /** 0 when the client went away before an answer. */
  readonly status: number
  readonly milliseconds: number
  /** Of the verified token, where there was one. */
  readonly subject?: string
  readonly clientId?: string
  readonly organizationId?: string
}

/** What is known of a request when it has ended. */
export interface EndedRequest extends Pick<RequestLine, 'method' | 'status' | 'milliseconds'> {
  readonly url: string
  readonly caller: Caller | undefined
}

/** The line of a request that has ended, for a server without Express. */
export function requestLine({ method, url, status, milliseconds, caller }: EndedRequest): RequestLine {
  const { subject, clientId, organizationId } = caller ?? {}
  return {
    method,
    path: loggedPath(url),
    status,
    milliseconds: Math.round(milliseconds),
    ...(subject !== undefined && { subject, clientId }),
    ...(organizationId !== undefined && { organizationId }),
  }
}

/**
 * Express middleware that hands one line for each answered request to your logger. Mount it before `mcpAuth`.
 *
 * @example app.use(requestLog((line) => logger.info(line, 'request')))
 */
export function requestLog(write: (line: RequestLine) => void): Middleware {
  return (req, res, next) => {
    const { method = '', url = '' } = req
    const started = performance.now()
    res.once('close', () => {
      const status = res.headersSent ? res.statusCode : 0
      const milliseconds = performance.now() - started
      // What `mcpAuth` was deciding ends now, with its connection: the caller is known a turn later.
      setImmediate(() => {
        const caller = callerIfAny(req)
        write(requestLine({ method, url, status, milliseconds, caller }))
      })
    })
    next()
  }
}
