/**
 * Every way a request can be refused: its HTTP status, and when it happens. The codes are stable: clients, logs and the
 * documentation name them. `challenge` marks the answers that carry `WWW-Authenticate: Bearer`
 * (RFC 6750 section 3); `rpc` is the JSON-RPC 2.0 code of the answers that are JSON-RPC errors.
 */
export const ERRORS = {
  invalid_request: {
    status: 400,
    challenge: true,
    when: 'the request has more than one credential, a header twice, or a body that breaks off',
  },
  missing_token: { status: 401, challenge: true, when: 'there is no access token' },
  invalid_token: {
    status: 401,
    challenge: true,
    when: 'the token is malformed, expired, revoked, or not for this resource; the log says which',
  },
  insufficient_scope: {
    status: 403,
    challenge: true,
    when: 'the token is good and the call needs more scopes: all of them are in the challenge, before 2026-07-28 with those that the token has',
  },
  no_organization: {
    status: 403,
    when: 'the tool works on data of an organization, and the token is not bound to one',
  },
  exchange_refused: {
    status: 403,
    when: 'the tool calls another service for the user, and the authorization server does not allow this server to do that',
  },
  parse_error: { status: 400, rpc: -32700, when: 'the body is not JSON in UTF-8' },
  invalid_message: { status: 400, rpc: -32600, when: 'the body is not one JSON-RPC 2.0 message' },
  unknown_tool: { status: 400, rpc: -32602, when: 'the tool is not in the table of tools' },
  origin_not_allowed: { status: 403, when: 'a web page of another origin calls' },
  not_found: { status: 404, when: 'the address is not served' },
  method_not_allowed: { status: 405, when: 'the HTTP method is not served' },
  not_acceptable: {
    status: 406,
    rpc: -32600,
    when: 'the Accept header allows neither application/json nor text/event-stream, or no stream where the answer needs one',
  },
  payload_too_large: { status: 413, when: 'the body has more than 256 KiB' },
  unsupported_media_type: {
    status: 415,
    when: 'the body is not application/json in UTF-8, or is compressed',
  },
  host_not_allowed: { status: 421, when: 'the Host header names another server' },
  rate_limited: {
    status: 429,
    when: 'the caller, or bad credentials from one address, used up the minute; Retry-After says when to come back',
  },
  headers_too_large: {
    status: 431,
    when: 'there are more than 100 header fields, or Accept is longer than 1,024 characters',
  },
  server_error: { status: 500, when: 'the server failed; the cause is in its log' },
  temporarily_unavailable: {
    status: 503,
    when: 'keys or the store of the limits are out of reach, or introspection is and the call changes something',
  },
} as const satisfies Record<string, { status: number; challenge?: boolean; rpc?: number; when: string }>

export type AuthErrorCode = keyof typeof ERRORS

export interface AuthErrorDetails {
  /** Why, for the log only: a fixed text of ours, never a part of the request. */
  readonly detail?: string
  /** A sentence for the log only, with the audience or issuer that the token has and those that are accepted. */
  readonly explanation?: string
  readonly cause?: unknown
  /** What the challenge asks for, where it is not what the first one asks for. For `insufficient_scope`: at least what the call needs. */
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

/** A refusal. `message` is public and says what to do next; `detail`, `explanation` and `cause` stay in the log. */
export class AuthError extends Refused {
  override readonly name = 'AuthError'
  readonly status: number
  readonly detail?: string
  readonly explanation?: string
  readonly scopes?: readonly string[]
  readonly retryAfter?: number
  readonly allow?: readonly string[]

  constructor(
    readonly code: AuthErrorCode,
    message: string,
    { cause, detail, explanation, scopes, retryAfter, allow }: AuthErrorDetails = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.status = ERRORS[code].status
    this.detail = detail
    this.explanation = explanation
    this.scopes = scopes
    this.retryAfter = retryAfter
    this.allow = allow
  }
}

/** The same refusal, whose challenge asks for other scopes. */
export function askingFor(scopes: readonly string[], error: AuthError): AuthError {
  return new AuthError(error.code, error.message, { ...error, cause: error.cause, scopes })
}

/**
 * A token that is refused.
 *
 * @param detail the rule that it broke, for the log only
 * @param explanation a sentence for the log, which holds nothing secret
 */
export function invalidToken(detail: string, cause?: unknown, explanation?: string): AuthError {
  return new AuthError(
    'invalid_token',
    'The access token is not valid here. Get a new one from the authorization server and try again.',
    { detail, cause, explanation },
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
