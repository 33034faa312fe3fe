import type { Caller } from '@scalekit-mcp/auth'
import type { AuditedCall } from './audit-event.js'
import type { AuditLog } from './audit-log.js'
import type { RequestAudit } from './request-audit.js'
import { intentRecord, requestRecord } from './request-record.js'

/** Begins the record of a call that came over stdio, where there is no HTTP request; it is noted when the call ends. */
export function auditCall(log: AuditLog, caller: Caller, requestId: string): RequestAudit {
  const started = performance.now()
  const ids = { requestId, traceId: requestId.replaceAll('-', '') }
  let call: AuditedCall | undefined
  let upstreamStatus: number | undefined
  return {
    refused: () => undefined,
    calls(made) {
      call = made
    },
    async intends() {
      if (!call) throw new Error('An intent needs a call')
      await log.commit(intentRecord(ids, log.audited(caller), call))
    },
    answered(status) {
      upstreamStatus = status
    },
    waits: () => undefined,
    personAnswered: () => undefined,
    ended(outcome, { refused }) {
      log.note(
        requestRecord({
          ids,
          address: '',
          method: '',
          place: 'stdio',
          rpc: 'tools/call',
          status: 200,
          reason: refused ? outcome : undefined,
          caller: log.audited(caller),
          call,
          outcome,
          upstreamStatus,
          milliseconds: Math.round(performance.now() - started),
        }),
      )
    },
  }
}
