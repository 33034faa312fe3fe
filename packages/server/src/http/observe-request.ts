import type { IncomingMessage, ServerResponse } from 'node:http'
import { loggedPath, pathOf } from '@scalekit-mcp/auth'
import type { AuditLog } from '../audit/audit-log.js'
import { HttpAudit } from '../audit/request-audit.js'
import type { Logger } from '../observe/log.js'
import type { Metrics } from '../observe/metrics.js'
import { createRequestLog } from '../observe/request-log.js'
import { RequestIds } from '../observe/trace-context.js'

/**
 * Gives every request its id, its line in the log, its record in the audit log and its place in the metrics, all of which
 * end together; probes have no record.
 */
export function createObserver(
  log: Logger,
  audit: AuditLog | undefined,
  mcpPath: string,
  addressOf: (req: IncomingMessage) => string,
  metrics?: Metrics,
): (req: IncomingMessage, res: ServerResponse) => void {
  const logRequest = createRequestLog(log)
  return (req, res) => {
    const started = performance.now()
    const ids = new RequestIds(req)
    const path = pathOf(req.url)
    const place = placeOf(path, mcpPath)
    res.setHeader('x-request-id', ids.requestId)
    const line = logRequest(req, ids, loggedPath(req.url))
    const record =
      audit && path !== '/ready'
        ? new HttpAudit(audit, req, { ids, address: addressOf(req), place })
        : undefined
    if (record) req.audit = record
    // It closes once; `once` makes two functions more.
    res.on('close', () => {
      const milliseconds = performance.now() - started
      const status = res.headersSent ? res.statusCode : 0
      metrics?.request(place, req.method ?? '', status, milliseconds / 1000)
      line.end(status, milliseconds)
      record?.closed(res.writableFinished ? res.statusCode : 0)
    })
  }
}

/** The path is the client's own text, so the audit log does not repeat it. */
function placeOf(path: string, mcpPath: string): string {
  if (path === mcpPath) return 'mcp'
  return path.startsWith('/.well-known/') ? 'metadata' : 'other'
}
