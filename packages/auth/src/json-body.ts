import { isUtf8, utf8Of } from '#platform'
import { AuthError } from './errors.js'
import type { HttpRequest } from './http-message.js'
import {
  MAX_DEPTH,
  MAX_VALUES,
  parseStrictJson,
  StrictJsonError,
  type StrictJsonProblem,
} from './strict-json.js'

const MAX_BYTES = 256 * 1024
/** The whole field: `text/plain;x=application/json` holds the words and means something else. */
const JSON_UTF8 = /^application\/json[ \t]*(;[ \t]*charset=("utf-8"|utf-8)[ \t]*)?$/i

const PROBLEMS: Readonly<Record<Exclude<StrictJsonProblem, 'syntax'>, string>> = {
  duplicate_member: 'No object may have two members of the same name.',
  forbidden_member: 'No member may be named __proto__, constructor or prototype.',
  too_deep: `The body is nested more than ${MAX_DEPTH} levels deep.`,
  too_many_values: `The body has more than ${MAX_VALUES} members and elements.`,
}

/**
 * Refuses a body before it is read: what is not JSON in UTF-8, is compressed, or is said to be too large.
 *
 * @throws AuthError `unsupported_media_type` or `payload_too_large`
 */
export function checkBodyHeaders({ headers }: HttpRequest): void {
  if (!JSON_UTF8.test(headers['content-type'] ?? '')) {
    throw new AuthError('unsupported_media_type', 'Send the body as application/json in UTF-8.')
  }
  if (headers['content-encoding'] !== undefined) {
    throw new AuthError('unsupported_media_type', 'Send the body without Content-Encoding.')
  }
  checkBodySize(Number(headers['content-length'] ?? 0))
}

/** @throws AuthError `payload_too_large` for more than 256 KiB */
export function checkBodySize(bytes: number): void {
  if (bytes > MAX_BYTES) throw new AuthError('payload_too_large', `Send at most ${MAX_BYTES} bytes.`)
}

/**
 * Parses UTF-8 JSON without what two parsers could read differently.
 *
 * @throws AuthError `parse_error` or `invalid_message`
 */
export function parseBody(bytes: Uint8Array): unknown {
  return parse(decode(bytes))
}

function decode(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw parseError()
  return utf8Of(bytes)
}

function parse(text: string): unknown {
  try {
    return parseStrictJson(text, { refusePrototypeMembers: true })
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error
    if (error.problem === 'syntax') throw parseError()
    throw new AuthError('invalid_message', PROBLEMS[error.problem])
  }
}

function parseError(): AuthError {
  return new AuthError('parse_error', 'The body is not JSON in UTF-8.')
}

export function brokenOff(): AuthError {
  return new AuthError('invalid_request', 'The body broke off.')
}
