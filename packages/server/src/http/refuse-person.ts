import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Caller, sendJson } from '@scalekit-mcp/auth'
import { NotAnAdministrator } from '../administrators.js'
import { toToolError } from '../errors.js'
import type { Metrics } from '../observe/metrics.js'

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

export interface RefusePersonOptions {
  readonly resourceMetadataUrl: string
  readonly metrics?: Pick<Metrics, 'refused'> | undefined
}

/**
 * Answers a caller who does not administer the environment: 403 with a challenge (RFC 6750 section 3) that names neither
 * `insufficient_scope` nor scopes, because clients would sign in again and gain nothing. Where the membership cannot be read the
 * answer is 503. The log and the audit record say who was refused and which variable decides.
 */
export function createRefusePerson({
  resourceMetadataUrl,
  metrics,
}: RefusePersonOptions): (req: IncomingMessage, res: ServerResponse, caller: Caller, error: unknown) => void {
  return (req, res, caller, error) => {
    if (!(error instanceof NotAnAdministrator)) {
      const { message, cause } = toToolError(error)
      const detail = 'administrators_unavailable'
      req.audit?.refused(`temporarily_unavailable: ${detail}`)
      req.note?.({ refused: 'temporarily_unavailable', detail, err: cause })
      metrics?.refused('temporarily_unavailable')
      const body = {
        error: 'temporarily_unavailable',
        error_description: `${message} Try again in a few seconds.`,
      }
      return sendJson(res, 503, body, { 'Retry-After': '5' })
    }
    const { code, message, nextStep, variable } = error
    req.audit?.refused(`${code}: ${variable}`)
    req.note?.({ refused: code, detail: variable })
    metrics?.refused(code)
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
}
