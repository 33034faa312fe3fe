import type { Caller } from '@scalekit-mcp/auth'
import type { AuditEvent, AuditedCall } from './audit-event.js'
import type { AuditLog } from './audit-log.js'
import { auditedCaller, type RequestAudit } from './request-audit.js'

/** Begins the record of a call that came over stdio, where there is no HTTP request; it is noted when the call ends. */
export function auditCall(log: AuditLog, caller: Caller, requestId: string): RequestAudit {
  const started = performance.now()
  const traceId = requestId.replaceAll('-', '')
  let call: AuditedCall | undefined
  let upstreamStatus: number | undefined
  return {
    refused: () => undefined,
    calls(made) {
      call = made
    },
    async intends() {
      if (!call) throw new Error('An intent needs a call')
      await log.commit({ type: 'intent', requestId, traceId, ...auditedCaller(caller), ...call })
    },
    answered(status) {
      upstreamStatus = status
    },
    ended(outcome, { refused }) {
      log.note({
        type: 'request',
        requestId,
        traceId,
        address: '',
        method: '',
        place: 'stdio',
        rpc: 'tools/call',
        status: 200,
        decision: refused ? 'refused' : 'allowed',
        ...(refused ? { reason: outcome } : {}),
        ...auditedCaller(caller),
        ...call,
        outcome,
        ...(upstreamStatus === undefined ? {} : { upstreamStatus }),
        milliseconds: Math.round(performance.now() - started),
      } satisfies AuditEvent)
    },
  }
}
