import { hash } from 'node:crypto'
import type { Caller } from '@scalekit-mcp/auth'
import { oncePerCaller } from '../once-per-caller.js'
import type { AuditedCall, AuditedCaller, RequestEvent } from './audit-event.js'
import { toAscii } from './chain-line.js'

/** Under which its record is found. */
type Ids = Pick<RequestEvent, 'requestId' | 'traceId'>

/** What is known of a request when it has ended. */
export interface EndedRequest
  extends Pick<RequestEvent, 'address' | 'method' | 'place' | 'status' | 'milliseconds'> {
  readonly ids: Ids
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
 * each token: to make the object and to serialize it took three times as long. Only the caller, the address and the reason
 * may hold anything; the rest are words and numbers of ours.
 */
export function requestRecord(request: EndedRequest): string {
  const { ids, address, method, place, rpc, status, reason } = request
  const { caller, call, outcome, upstreamStatus, milliseconds } = request
  return (
    `"type":"request",${idMembers(ids)},"address":${quoted(address)},"method":"${method}","place":"${place}"` +
    (rpc === undefined ? '' : `,"rpc":"${rpc}"`) +
    `,"status":${status},"decision":"${reason === undefined ? 'allowed' : 'refused'}"` +
    (reason === undefined ? '' : `,"reason":${quoted(reason)}`) +
    (caller ? callerMembers(caller) : '') +
    (call ? callMembers(call) : '') +
    (outcome === undefined ? '' : `,"outcome":"${outcome}"`) +
    (upstreamStatus === undefined ? '' : `,"upstreamStatus":${upstreamStatus}`) +
    `,"milliseconds":${milliseconds}`
  )
}

/** The record of a write that is about to go out (`IntentEvent`). */
export function intentRecord(ids: Ids, caller: Caller, call: AuditedCall): string {
  return `"type":"intent",${idMembers(ids)}${callerMembers(caller)}${callMembers(call)}`
}

const idMembers = ({ requestId, traceId }: Ids) => `"requestId":"${requestId}","traceId":"${traceId}"`

const quoted = (text: string) => toAscii(JSON.stringify(text))

const callMembers = ({ tool, effect, scopesRequired, argumentsDigest }: AuditedCall) =>
  `,"tool":"${tool}","effect":"${effect}","scopesRequired":${JSON.stringify(scopesRequired)}` +
  (argumentsDigest === undefined ? '' : `,"argumentsDigest":"${argumentsDigest}"`)

const callerMembers = oncePerCaller(({ issuer, subject, clientId, tokenId, scopes }) => {
  const audited: AuditedCaller = {
    issuer,
    subject,
    clientId,
    ...(tokenId === undefined ? {} : { tokenId: hash('sha256', tokenId, 'base64url') }),
    scopesHeld: [...scopes],
  }
  return toAscii(`,${JSON.stringify(audited).slice(1, -1)}`)
})
