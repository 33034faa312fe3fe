import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pathOf } from '@scalekit-mcp/auth'
import type { AuditLog } from '../audit/audit-log.js'
import { auditRequest } from '../audit/request-audit.js'
import type { Logger } from '../observe/log.js'
import type { Metrics } from '../observe/metrics.js'
import { logRequest } from '../observe/request-log.js'

/** Gives every request its id, its line in the log, and its record in the audit log; probes have no record. */
export function createObserver(
  log: Logger,
  audit: AuditLog | undefined,
  mcpPath: string,
  addressOf: (req: IncomingMessage) => string,
  metrics?: Metrics,
): (req: IncomingMessage, res: ServerResponse) => void {
  return (req, res) => {
    const requestId = randomUUID()
    const path = pathOf(req.url)
    res.setHeader('x-request-id', requestId)
    if (metrics) measureRequest(metrics, req, res, placeOf(path, mcpPath))
    logRequest(log, req, res, { requestId, path })
    if (audit && path !== '/ready') {
      req.audit = auditRequest(audit, req, res, {
        requestId,
        address: addressOf(req),
        place: placeOf(path, mcpPath),
      })
    }
  }
}

function measureRequest(metrics: Metrics, req: IncomingMessage, res: ServerResponse, place: string): void {
  const started = performance.now()
  res.once('close', () => {
    const status = res.headersSent ? res.statusCode : 0
    metrics.request(place, req.method ?? '', status, (performance.now() - started) / 1000)
  })
}

/** The path is the client's own text, so the audit log does not repeat it. */
function placeOf(path: string, mcpPath: string): string {
  if (path === mcpPath) return 'mcp'
  return path.startsWith('/.well-known/') ? 'metadata' : 'other'
}
