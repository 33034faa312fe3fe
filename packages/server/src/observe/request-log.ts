import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from './log.js'

/**
 * One line per request, when its answer has gone or its client has: id, method, path without query, status,
 * time, caller. Never headers, bodies or queries.
 */
export function logRequest(
  log: Logger,
  req: IncomingMessage,
  res: ServerResponse,
  { requestId, path }: { readonly requestId: string; readonly path: string },
): void {
  const started = performance.now()
  res.once('close', () => {
    log.info(
      {
        requestId,
        method: req.method,
        path: path.slice(0, 200),
        status: res.headersSent ? res.statusCode : 0,
        milliseconds: Math.round(performance.now() - started),
        ...(req.caller ? { subject: req.caller.subject, clientId: req.caller.clientId } : {}),
      },
      'request',
    )
  })
}
