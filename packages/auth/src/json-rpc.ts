import { AuthError } from './errors.js'
import { isObject } from './is-object.js'

const METHOD = /^[\x21-\x7e]{1,128}$/
const REQUEST_MEMBERS = new Set(['jsonrpc', 'id', 'method', 'params'])
const RESPONSE_MEMBERS = new Set(['jsonrpc', 'id', 'result', 'error'])

/**
 * Refuses a body that is not one JSON-RPC 2.0 request or notification as MCP allows them: no batch, no
 * member of our own making, an id that is a short string or a safe integer.
 *
 * @param responses whether a client may also answer requests of the server (before 2026-07-28)
 * @throws AuthError `invalid_message`
 */
export function checkMessage(body: unknown, { responses }: { responses: boolean }): void {
  if (Array.isArray(body)) throw invalidMessage('Send one message per request; batches are not served.')
  if (!isObject(body)) throw invalidMessage('The body must be a JSON object.')
  if (body.jsonrpc !== '2.0') throw invalidMessage('The member jsonrpc must be "2.0".')
  if (Object.hasOwn(body, 'id') && !isId(body.id)) {
    throw invalidMessage('The member id must be a string of at most 128 characters or an integer.')
  }
  if (responses && isResponse(body)) checkResponse(body)
  else checkRequest(body)
}

/** What has neither a method nor an answer is a request without its method. */
function isResponse(body: object): boolean {
  return !Object.hasOwn(body, 'method') && ['result', 'error'].some((name) => Object.hasOwn(body, name))
}

function checkRequest(body: Record<string, unknown>): void {
  if (typeof body.method !== 'string' || !METHOD.test(body.method)) {
    throw invalidMessage('The member method must name a method.')
  }
  if (Object.hasOwn(body, 'params') && !isObject(body.params)) {
    throw invalidMessage('The member params must be an object.')
  }
  refuseOthers(body, REQUEST_MEMBERS)
}

function checkResponse(body: Record<string, unknown>): void {
  const answers = ['result', 'error'].filter((name) => Object.hasOwn(body, name))
  if (answers.length !== 1 || !Object.hasOwn(body, 'id')) {
    throw invalidMessage('A response has an id and either a result or an error.')
  }
  refuseOthers(body, RESPONSE_MEMBERS)
}

function refuseOthers(body: object, allowed: ReadonlySet<string>): void {
  if (Object.keys(body).every((name) => allowed.has(name))) return
  throw invalidMessage(`The message may have only the members ${[...allowed].join(', ')}.`)
}

/** The id of what may be a message; `null` where there is none. */
export function idOf(body: unknown): string | number | null {
  const id: unknown = isObject(body) && Object.hasOwn(body, 'id') ? body.id : null
  return isId(id) ? id : null
}

function isId(id: unknown): id is string | number {
  return Number.isSafeInteger(id) || (typeof id === 'string' && id.length <= 128)
}

function invalidMessage(message: string): AuthError {
  return new AuthError('invalid_message', message)
}
