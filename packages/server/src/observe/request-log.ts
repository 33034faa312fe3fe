import { randomUUID } from 'node:crypto'
import type { RequestHandler } from 'express'
import type { Logger } from './log.js'

/**
 * One line per request, when its answer has gone or its client has: id, method, path without query, status,
 * time, caller. Never headers, bodies or queries.
 */
export function logRequests(log: Logger): RequestHandler {
  return (req, res, next) => {
    const started = performance.now()
    const requestId = randomUUID()
    res.setHeader('x-request-id', requestId)
    res.once('close', () => {
      log.info(
        {
          requestId,
          method: req.method,
          path: req.path.slice(0, 200),
          status: res.headersSent ? res.statusCode : 0,
          milliseconds: Math.round(performance.now() - started),
          ...(req.caller ? { subject: req.caller.subject, clientId: req.caller.clientId } : {}),
        },
        'request',
      )
    })
    next()
  }
}
