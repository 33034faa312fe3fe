import type { RequestHandler } from 'express'
import type { AuditLog } from './audit-log.js'
import { auditRequest } from './request-audit.js'

/**
 * One record per request that reaches the application, whatever becomes of it. Probes have none: they say nothing
 * about anybody.
 *
 * @param mcpPath where MCP is
 */
export function auditRequests(log: AuditLog, mcpPath: string): RequestHandler {
  return (req, res, next) => {
    if (req.path !== '/ready') {
      req.audit = auditRequest(log, req, res, {
        requestId: String(res.getHeader('x-request-id')),
        address: req.ip ?? '',
        place: placeOf(req.path, mcpPath),
      })
    }
    next()
  }
}

/** The path is the client's own text, so it is not repeated. */
function placeOf(path: string, mcpPath: string): string {
  if (path === mcpPath) return 'mcp'
  return path.startsWith('/.well-known/') ? 'metadata' : 'other'
}
