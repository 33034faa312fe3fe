/**
 * Every way a request can be refused, with its HTTP status. The codes are stable: clients, logs and the
 * documentation name them. `challenge` marks the answers that carry `WWW-Authenticate: Bearer`
 * (RFC 6750 section 3); `rpc` is the JSON-RPC 2.0 code of the answers that are JSON-RPC errors.
 */
export const ERRORS = {
  invalid_request: { status: 400, challenge: true },
  missing_token: { status: 401, challenge: true },
  invalid_token: { status: 401, challenge: true },
  insufficient_scope: { status: 403, challenge: true },
  no_organization: { status: 403 },
  parse_error: { status: 400, rpc: -32700 },
  invalid_message: { status: 400, rpc: -32600 },
  unknown_tool: { status: 400, rpc: -32602 },
  origin_not_allowed: { status: 403 },
  not_found: { status: 404 },
  method_not_allowed: { status: 405 },
  payload_too_large: { status: 413 },
  unsupported_media_type: { status: 415 },
  host_not_allowed: { status: 421 },
  rate_limited: { status: 429 },
  headers_too_large: { status: 431 },
  server_error: { status: 500 },
  temporarily_unavailable: { status: 503 },
} as const satisfies Record<string, { status: number; challenge?: boolean; rpc?: number }>

export type AuthErrorCode = keyof typeof ERRORS

export interface AuthErrorDetails {
  /** Why, for the log only: a fixed text of ours, never a part of the request. */
  readonly detail?: string
  readonly cause?: unknown
  /** For `insufficient_scope`: every scope that the call needs. */
  readonly scopes?: readonly string[]
  /** Seconds, for `rate_limited` and `temporarily_unavailable`. */
  readonly retryAfter?: number
  /** For `method_not_allowed`: the methods that are served. */
  readonly allow?: readonly string[]
}

/** A refusal has no stack: it is an answer, often to a flood, and the stack took as long as the rest of a 401. */
class Refused extends Error {
  constructor(message: string, options?: ErrorOptions) {
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(message, options)
    Error.stackTraceLimit = stackTraceLimit
  }
}

/** A refusal. `message` is public and says what to do next; `detail` and `cause` stay in the log. */
export class AuthError extends Refused {
  override readonly name = 'AuthError'
  readonly status: number
  readonly detail?: string
  readonly scopes?: readonly string[]
  readonly retryAfter?: number
  readonly allow?: readonly string[]

  constructor(
    readonly code: AuthErrorCode,
    message: string,
    { cause, detail, scopes, retryAfter, allow }: AuthErrorDetails = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.status = ERRORS[code].status
    this.detail = detail
    this.scopes = scopes
    this.retryAfter = retryAfter
    this.allow = allow
  }
}

/** A token that is refused; `detail` names the rule that it broke. */
export function invalidToken(detail: string, cause?: unknown): AuthError {
  return new AuthError(
    'invalid_token',
    'The access token is not valid here. Get a new one from the authorization server and try again.',
    { detail, cause },
  )
}

/** The request cannot be decided now because something that we depend on is out of reach. */
export function temporarilyUnavailable(detail: string, cause?: unknown): AuthError {
  return new AuthError(
    'temporarily_unavailable',
    'Access cannot be checked at the moment. Try again in a few seconds.',
    { detail, cause, retryAfter: 5 },
  )
}
