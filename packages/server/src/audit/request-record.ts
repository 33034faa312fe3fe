import { hash } from 'node:crypto'
import type { Caller } from '@scalekit-mcp/auth'
import type { AuditedCall, AuditedCaller, IntentEvent, RequestEvent } from './audit-event.js'

/** Under which its record is found. */
type Ids = Pick<RequestEvent, 'requestId' | 'traceId'>

/** What is known of a request when it has ended. */
export interface EndedRequest
  extends Pick<RequestEvent, 'address' | 'method' | 'place' | 'status' | 'milliseconds'> {
  readonly ids: Ids
  readonly rpc: string | undefined
  /** Why it was refused. */
  readonly reason: string | undefined
  readonly caller: AuditedCaller | undefined
  readonly call: AuditedCall | undefined
  readonly outcome: string | undefined
  readonly upstreamStatus: number | undefined
}

/** The record of a request. */
export function requestRecord(request: EndedRequest): RequestEvent {
  const { ids, address, method, place, rpc, status, reason } = request
  const { caller, call, outcome, upstreamStatus, milliseconds } = request
  return {
    type: 'request',
    requestId: ids.requestId,
    traceId: ids.traceId,
    address,
    method,
    place,
    rpc,
    status,
    decision: reason === undefined ? 'allowed' : 'refused',
    reason,
    ...caller,
    ...call,
    outcome,
    upstreamStatus,
    milliseconds,
  }
}

/** The record of a write that is about to go out. */
export function intentRecord(
  { requestId, traceId }: Ids,
  caller: AuditedCaller,
  call: AuditedCall,
): IntentEvent {
  return { type: 'intent', requestId, traceId, ...caller, ...call }
}

/** What the records of a caller say of them. */
export function auditedCaller({ issuer, subject, clientId, tokenId, scopes }: Caller): AuditedCaller {
  return {
    issuer,
    subject,
    clientId,
    tokenId: tokenId === undefined ? undefined : hash('sha256', tokenId, 'base64url'),
    scopesHeld: [...scopes],
  }
}
