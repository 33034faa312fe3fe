import { hash } from 'node:crypto'
import type { Caller } from '@scalekit-mcp/auth'
import { oncePerCaller } from '../once-per-caller.js'
import type { AuditedCall, AuditedCaller, RequestEvent } from './audit-event.js'
import { toAscii } from './chain-line.js'

/** What is known of a request when it has ended. */
export interface EndedRequest
  extends Pick<
    RequestEvent,
    'requestId' | 'traceId' | 'address' | 'method' | 'place' | 'status' | 'milliseconds'
  > {
  readonly rpc: string | undefined
  /** Why it was refused. */
  readonly reason: string | undefined
  readonly caller: Caller | undefined
  readonly call: AuditedCall | undefined
  readonly outcome: string | undefined
  readonly upstreamStatus: number | undefined
}

/**
 * The record of a request (`RequestEvent`). It is put together by hand, and what it says of the caller is written once for
 * each token: to make the object and to serialize it took three times as long.
 */
export function requestRecord(request: EndedRequest): string {
  const { requestId, traceId, address, method, place, rpc, status, reason } = request
  const { caller, call, outcome, upstreamStatus, milliseconds } = request
  return toAscii(
    `"type":"request","requestId":"${requestId}","traceId":"${traceId}"` +
      `,"address":${JSON.stringify(address)},"method":${JSON.stringify(method)},"place":"${place}"` +
      `${member('rpc', rpc)},"status":${status}` +
      `,"decision":"${reason === undefined ? 'allowed' : 'refused'}"${member('reason', reason)}` +
      `${caller ? callerMembers(caller) : ''}${call ? callMembers(call) : ''}${member('outcome', outcome)}` +
      `${member('upstreamStatus', upstreamStatus)},"milliseconds":${milliseconds}`,
  )
}

/** The record of a write that is about to go out (`IntentEvent`). */
export function intentRecord({
  requestId,
  traceId,
  caller,
  call,
}: {
  readonly requestId: string
  readonly traceId: string
  readonly caller: Caller
  readonly call: AuditedCall
}): string {
  const members = callerMembers(caller) + callMembers(call)
  return toAscii(`"type":"intent","requestId":"${requestId}","traceId":"${traceId}"${members}`)
}

const member = (name: string, value: string | number | undefined) =>
  value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`

const callMembers = (call: AuditedCall) => `,${JSON.stringify(call).slice(1, -1)}`

const callerMembers = oncePerCaller(({ issuer, subject, clientId, tokenId, scopes }) => {
  const audited: AuditedCaller = {
    issuer,
    subject,
    clientId,
    ...(tokenId === undefined ? {} : { tokenId: hash('sha256', tokenId, 'base64url') }),
    scopesHeld: [...scopes],
  }
  return `,${JSON.stringify(audited).slice(1, -1)}`
})
