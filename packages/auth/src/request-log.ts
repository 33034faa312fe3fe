import type { RequestHandler } from 'express'
import { loggedPath } from './logged-path.js'

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

/**
 * Express middleware that hands one line for each answered request to your logger. Mount it before `protect`.
 *
 * @example app.use(requestLog((line) => logger.info(line, 'request')))
 */
export function requestLog(write: (line: RequestLine) => void): RequestHandler {
  return (req, res, next) => {
    const { method, url } = req
    const started = performance.now()
    res.once('close', () => {
      const { subject, clientId, organizationId } = req.caller ?? {}
      write({
        method,
        path: loggedPath(url),
        status: res.headersSent ? res.statusCode : 0,
        milliseconds: Math.round(performance.now() - started),
        ...(subject !== undefined && { subject, clientId }),
        ...(organizationId !== undefined && { organizationId }),
      })
    })
    next()
  }
}
