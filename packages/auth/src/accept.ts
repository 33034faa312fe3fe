import Negotiator from 'negotiator'
import { type AnswerType, convertAnswer, JSON_TYPE, STREAM_TYPE } from './convert-answer.js'
import { AuthError } from './errors.js'
import type { HttpAnswer, HttpRequest } from './http-message.js'
import { idOf } from './json-rpc.js'

export type { AnswerType }

/** What MCP clients send. The MCP SDKs look for these two names and do not read the header as RFC 9110 does. */
const BOTH = `${JSON_TYPE}, ${STREAM_TYPE}`
/** Parsing costs more per character than the rest of the request; real clients stay below 200. */
const MAX_LENGTH = 1024
/** Both are UTF-8, with or without saying so. */
const OFFERED = [JSON_TYPE, STREAM_TYPE].flatMap((type) => [type, `${type};charset=utf-8`])

/**
 * Proactive negotiation (RFC 9110 section 12.5.1) between JSON and an event stream. Afterwards the `Accept` header lists
 * both, so that the MCP SDKs serve the request; `answerAsAccepted` makes their answer what the client accepts.
 *
 * @returns the one type that the client accepts; undefined for both
 * @throws AuthError `not_acceptable` (406), or `headers_too_large`
 */
export function negotiateAnswer(req: HttpRequest): AnswerType | undefined {
  const { accept } = req.headers
  if (accept === BOTH) return undefined
  const acceptsOnly = onlyTypeIn(accept)
  replaceAccept(req)
  return acceptsOnly
}

/** @returns undefined when both are acceptable */
function onlyTypeIn(accept: string | undefined): AnswerType | undefined {
  // No header, or one without a media range, states no preference.
  if (accept === undefined || accept === '*/*' || /^[ \t,]*$/.test(accept)) return undefined
  if (accept.length > MAX_LENGTH) {
    throw new AuthError('headers_too_large', `Send an Accept header of at most ${MAX_LENGTH} characters.`)
  }
  const accepted = new Negotiator({ headers: { accept } }).mediaTypes(OFFERED)
  const json = accepted.some((type) => type.startsWith(JSON_TYPE))
  const stream = accepted.some((type) => type.startsWith(STREAM_TYPE))
  if (json && stream) return undefined
  if (json) return JSON_TYPE
  if (stream) return STREAM_TYPE
  throw new AuthError('not_acceptable', `Answers are ${JSON_TYPE} or ${STREAM_TYPE}. Send Accept: ${BOTH}.`)
}

/** In both places where a handler may read it, changed in place: `rawHeaders` is a getter in HTTP/2. */
function replaceAccept({ headers, rawHeaders }: HttpRequest): void {
  headers.accept = BOTH
  for (let i = rawHeaders.length - 2; i >= 0; i -= 2) {
    if (rawHeaders[i]?.toLowerCase() === 'accept') rawHeaders.splice(i, 2)
  }
  rawHeaders.push('Accept', BOTH)
}

/**
 * Makes the handler's answer what the client accepts, whatever the handler sends. Call it last before the handler.
 *
 * @throws AuthError `not_acceptable` for a subscription without a stream (MCP 2026-07-28)
 */
export function answerAsAccepted(
  res: HttpAnswer,
  acceptsOnly: AnswerType | undefined,
  message: unknown,
): void {
  if (!acceptsOnly) return
  if (acceptsOnly === JSON_TYPE && Object(message).method === 'subscriptions/listen') {
    throw new AuthError('not_acceptable', `A subscription is a stream. Send Accept: ${BOTH}.`)
  }
  convertAnswer(res, acceptsOnly, idOf(message))
}
