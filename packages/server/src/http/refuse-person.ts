import type { Caller } from '@scalekit-mcp/auth'
import { sendJson } from '@scalekit-mcp/auth/server'
import { NotAnAdministrator } from '../call/administrators.js'
import { toToolError } from '../errors.js'
import type { Exchange } from './exchange.js'

/** How a request is refused after its token was accepted; the reference page lists them. */
export const PERSON_REFUSALS = {
  not_an_administrator: {
    status: 403,
    when: 'environment mode: the person or client does not administer the environment; `variable` names the setting that decides',
  },
  temporarily_unavailable: {
    status: 503,
    when: 'environment mode: Scalekit did not say whether the person administers the environment',
  },
} as const

/**
 * Answers a caller who does not administer the environment: 403 with a challenge (RFC 6750 section 3) that names neither
 * `insufficient_scope` nor scopes, because clients would sign in again and gain nothing. Where the membership cannot be read the
 * answer is 503. The log and the audit record say who was refused and which variable decides.
 */
export function refusePerson(
  exchange: Exchange,
  caller: Caller,
  resourceMetadataUrl: string,
  error: unknown,
): void {
  const { res } = exchange
  if (!(error instanceof NotAnAdministrator)) {
    const { message, cause } = toToolError(error)
    const code = 'temporarily_unavailable'
    exchange.refused({ code, detail: 'administrators_unavailable', cause })
    const body = { error: code, error_description: `${message} Try again in a few seconds.` }
    sendJson(res, 503, body, { 'Retry-After': '5' })
    return
  }
  const { code, message, nextStep, variable } = error
  exchange.refused({ code, detail: variable })
  const body = {
    error: code,
    error_description: `${message} ${nextStep}`,
    subject: caller.subject,
    client_id: caller.clientId,
    variable,
  }
  sendJson(res, 403, body, {
    'WWW-Authenticate': `Bearer error="${code}", error_description="${message}", resource_metadata="${resourceMetadataUrl}"`,
  })
}
