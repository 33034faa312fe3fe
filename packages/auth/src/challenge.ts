import type { Caller } from './caller.js'
import { AuthError, ERRORS } from './errors.js'
import type { AnswerHeaders, HttpAnswer } from './http-message.js'
import { isScope, resolveScope, type ScopeAliases } from './scopes.js'
import { type PreparedJson, prepareJson, sendPrepared } from './send.js'

export interface Challenge {
  /** Where the RFC 9728 document of the resource is. */
  readonly resourceMetadataUrl: string
  /** The smallest useful scopes: what a client asks for when it has no token yet. */
  readonly scopes: readonly string[]
}

/** In many clients a model reads this, and only its user can sign in. */
const SIGN_IN_AGAIN = 'Ask the user to sign in to this server again and to allow them, then try again.'

/**
 * 403: the token is good, the call needs more.
 *
 * @param scopes all that the call needs, not what is missing
 * @param nextStep what to do, in ASCII without quotes
 */
export function insufficientScope(scopes: readonly string[], nextStep = SIGN_IN_AGAIN): AuthError {
  return new AuthError('insufficient_scope', `This call needs the scopes: ${scopes.join(' ')}. ${nextStep}`, {
    scopes,
  })
}

/** The first revision whose clients add up the scopes that they are asked for. */
const ADDS_UP = '2026-07-28'

/**
 * The scopes that a 403 names (MCP authorization, "Scope Challenge Handling"). Clients of 2026-07-28 add what a call needs
 * to what they have; clients of earlier revisions ask for exactly what the challenge names, so it has to keep what they hold.
 *
 * @param revision the header `MCP-Protocol-Version`; clients of the earlier revisions may leave it out
 */
export function scopesToAskFor(
  needed: readonly string[],
  revision: unknown,
  caller: Caller | undefined,
  aliases?: ScopeAliases,
): readonly string[] {
  if (!caller || (typeof revision === 'string' && revision >= ADDS_UP)) return needed
  const named = new Set(needed.map((name) => resolveScope(name, aliases)))
  const held = caller.writtenScopes ?? [...caller.scopes]
  return [...held.filter((name) => !named.has(resolveScope(name, aliases))), ...needed]
}

/**
 * The value of `WWW-Authenticate` (RFC 6750 section 3, RFC 9728 section 5.1): one Bearer challenge. Without
 * credentials it names no error (RFC 6750 section 3.1).
 */
export function challengeHeader(error: AuthError, { resourceMetadataUrl, scopes }: Challenge): string {
  const needed = (error.scopes ?? scopes).filter(isScope)
  const parameters: [name: string, value: string][] = []
  if (error.code !== 'missing_token') {
    parameters.push(['error', error.code], ['error_description', error.message])
  }
  if (needed.length > 0) parameters.push(['scope', needed.join(' ')])
  parameters.push(['resource_metadata', resourceMetadataUrl])
  return `Bearer ${parameters.map(([name, value]) => `${name}="${quotable(value)}"`).join(', ')}`
}

/** Of the message that is refused: `null` where it could not be read (JSON-RPC 2.0 section 5). */
export type MessageId = string | number | null

/** Answers with the errors of a challenge. */
export type SendChallenge = (res: HttpAnswer, error: AuthError, id: MessageId) => void

/**
 * Makes what answers with an error: its status, the challenge where one belongs, `{error, error_description}` or a
 * JSON-RPC error as body, and nothing of the private detail. The answer to a request without a token is made once.
 */
export function createSendChallenge(challenge: Challenge): SendChallenge {
  const prepared = new WeakMap<AuthError, PreparedJson>()
  return (res, error, id) => {
    let answer = prepared.get(error)
    if (!answer) {
      answer = prepareJson(error.status, bodyOf(error, id), headersOf(error, challenge))
      if (error.code === 'missing_token') prepared.set(error, answer)
    }
    sendPrepared(res, answer)
  }
}

function headersOf(error: AuthError, challenge: Challenge): AnswerHeaders {
  return {
    ...('challenge' in ERRORS[error.code] && { 'WWW-Authenticate': challengeHeader(error, challenge) }),
    ...(error.retryAfter !== undefined && { 'Retry-After': String(error.retryAfter) }),
    ...(error.allow && { Allow: error.allow.join(', ') }),
  }
}

function bodyOf(error: AuthError, id: MessageId): unknown {
  const kind = ERRORS[error.code]
  if ('rpc' in kind) return { jsonrpc: '2.0', id, error: { code: kind.rpc, message: error.message } }
  return { error: error.code, error_description: error.message }
}

/** RFC 6750 section 3: `%x20-21 / %x23-5B / %x5D-7E`; anything else could end the quotes or the header. */
function quotable(value: string): string {
  return value.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '?')
}
