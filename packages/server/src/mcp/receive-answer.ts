import type { ServerResponse } from 'node:http'
import { isObject, sendJson } from '@scalekit-mcp/auth/server'
import { toToolError } from '../errors.js'
import type { Exchange } from '../http/exchange.js'
import { type ClientAnswer, callName, type Questions, questionName } from './questions.js'
import type { Session } from './session-id.js'

/** The client's response to a request of the server. The protection has checked its form. */
export interface ClientResponse {
  readonly id: unknown
  readonly result?: unknown
}

/** Whether a message is a response (JSON-RPC 2.0 section 5). */
export function isResponse(body: unknown): body is ClientResponse {
  return typeof body === 'object' && body !== null && !('method' in body)
}

/**
 * Takes the answer to a question (MCP 2025-11-25, Streamable HTTP, "Sending Messages to the Server" 4): 202 when it was waited for.
 * The question belongs to a session, whose id opens for its own caller only: for anyone else there is no question.
 */
export async function receiveAnswer(
  questions: Questions,
  session: Session | 'unknown' | undefined,
  { res, requestId, caller }: Exchange,
  { id, result }: ClientResponse,
): Promise<void> {
  if (session === 'unknown') {
    return refuse(res, 404, 'This session is not yours. Initialize again without Mcp-Session-Id.')
  }
  if (!session) {
    const message =
      'A response needs the Mcp-Session-Id that initialize returned. In 2026-07-28 answers go with the call.'
    return refuse(res, 400, message)
  }
  const answer: ClientAnswer = { requestId, ...(isObject(result) ? { result } : {}) }
  try {
    if (await questions.answer(questionName(session.id, caller?.claims.sid, id), answer))
      return void res.writeHead(202).end()
    refuse(res, 400, 'No question with this id waits for an answer. Call the tool again.')
  } catch (error) {
    refuse(res, 503, `${toToolError(error).message} Send the response again in a few seconds.`)
  }
}

/**
 * The call that a message cancels (MCP 2025-11-25, "Cancellation").
 *
 * @returns undefined for another message
 */
export function cancelledCall(body: unknown): string | number | undefined {
  const { method, params } = Object(body) as { method?: unknown; params?: { requestId?: string | number } }
  return method === 'notifications/cancelled' ? params?.requestId : undefined
}

/** Ends a call that its client cancels, wherever it runs. */
export async function receiveCancellation(
  questions: Questions,
  session: Session,
  callId: string | number,
  res: ServerResponse,
): Promise<void> {
  // Where it cannot be delivered, the calls that wait end as well.
  await questions.cancel(callName(session.id, callId)).catch(() => undefined)
  res.writeHead(202).end()
}

function refuse(res: ServerResponse, status: 400 | 404 | 503, message: string): void {
  const headers = status === 503 ? { 'Retry-After': '5' } : {}
  sendJson(res, status, { jsonrpc: '2.0', id: null, error: { code: -32600, message } }, headers)
}
