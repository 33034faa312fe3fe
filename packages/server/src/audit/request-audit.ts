import type { IncomingMessage } from 'node:http'
import type { RequestIds } from '../observe/trace-context.js'
import type { AuditedCall } from './audit-event.js'
import type { AuditLog } from './audit-log.js'
import { intentRecord, requestRecord } from './request-record.js'

/** What becomes known of one request while it is served; it is noted once, when everything about it has ended. */
export interface RequestAudit {
  /** It was refused, by a code of ours. */
  refused(reason: string): void
  /** A tool is called; `ended` has to follow. */
  calls(call: AuditedCall): void
  /**
   * Resolves when it is on the disk that the write is about to go out.
   * @throws ToolError `audit_unavailable`
   */
  intends(): Promise<void>
  /** Scalekit answered. */
  answered(status: number): void
  ended(outcome: string, decision: { readonly refused: boolean }): void
}

/** Where the log is off. */
export const unaudited: RequestAudit = {
  refused: () => undefined,
  calls: () => undefined,
  intends: async () => undefined,
  answered: () => undefined,
  ended: () => undefined,
}

declare module 'node:http' {
  interface IncomingMessage {
    audit?: RequestAudit
  }
}

export interface AuditedPlace {
  readonly ids: RequestIds
  readonly address: string
  /** Which part of the server it is for: one of our own words. */
  readonly place: string
}

/** The record of a request over HTTP. */
export interface HttpAudit extends RequestAudit {
  /** The answer has gone, or the client has: then the status is 0. */
  closed(status: number): void
}

/** Begins the record of a request. It is written when the answer has gone, or the client has, and no call runs. */
export function auditRequest(
  log: AuditLog,
  req: IncomingMessage & { body?: unknown },
  { ids, address, place }: AuditedPlace,
): HttpAudit {
  const started = performance.now()
  let call: AuditedCall | undefined
  let reason: string | undefined
  let outcome: string | undefined
  let upstreamStatus: number | undefined
  let running = false
  let status: number | undefined

  const note = () => {
    if (status === undefined || running) return
    log.note(
      requestRecord({
        ids,
        address,
        method: req.method ?? '',
        place,
        rpc: rpcOf(req.body),
        status,
        reason: reason ?? (status >= 400 ? `http_${status}` : undefined),
        caller: req.caller,
        call,
        outcome,
        upstreamStatus,
        milliseconds: Math.round(performance.now() - started),
      }),
    )
  }

  return {
    closed(answered) {
      status = answered
      note()
    },
    refused(code) {
      reason = code
    },
    calls(made) {
      call = made
      running = true
    },
    async intends() {
      if (!req.caller || !call) throw new Error('An intent needs a caller and a call')
      await log.commit(intentRecord(ids, req.caller, call))
    },
    answered(status) {
      upstreamStatus = status
    },
    ended(how, { refused }) {
      outcome = how
      if (refused) reason = how
      running = false
      note()
    },
  }
}

/** The method of the message: the client's own text, so it counts only where it looks like one of MCP. */
function rpcOf(body: unknown): string | undefined {
  const { method } = Object(body) as { method?: unknown }
  return typeof method === 'string' && RPC.test(method) ? method : undefined
}

const RPC = /^[a-z]{1,20}(\/[a-zA-Z_]{1,20}){0,2}$/
