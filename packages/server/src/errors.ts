import { Code, ConnectError } from '@connectrpc/connect'
import { errorInfo } from '@scalekit-mcp/api'
import { retryAfterOf } from './upstream/failure.js'

/** Every way in which a tool call can fail: what happened, and what the agent should do next. */
export const toolErrors = {
  invalid_arguments: 'Correct the arguments as described and call again.',
  invalid_token: 'Ask the user to sign in to this server again, then call again.',
  insufficient_scope: 'Ask the user to authorize the missing scopes, then call again.',
  tool_not_available: 'Choose another tool from tools/list.',
  environment_not_available: 'Leave environmentId out: the connection has one environment.',
  not_found: 'Check the id with the matching list_ tool.',
  already_exists: 'Read the existing one, or choose another name or id.',
  permission_denied: 'Ask an administrator of the workspace for this permission.',
  precondition_failed:
    'Read the object with the matching get_ or list_ tool, remove the obstacle, then call again.',
  person_needed:
    'Show the user the link in handOff.url: they decide there. Then call wait_for_hand_off with handOff.id: it gives the result of this call. Without the user, stop here.',
  confirmation_unavailable: 'Let a person make this change, with a client that they have signed in to.',
  confirmation_declined: 'Nothing was changed. Call again only if the user asks for it.',
  confirmation_mismatch: 'Nothing was changed. Call again and let the user type the name exactly as shown.',
  idempotency_conflict: 'Use a new idempotencyKey for another create.',
  idempotency_unavailable: 'Nothing was changed. Call again in a few seconds with the same idempotencyKey.',
  rate_limited: 'Wait as long as stated, then call again.',
  upstream_unavailable: 'Call again in a few seconds; a write may need a check that it has not happened yet.',
  upstream_timeout: 'For a write, check with a read whether it happened before you call again.',
  audit_unavailable:
    'Nothing was changed. Reads still work; tell the operator of this server that its audit log cannot be written.',
  result_too_large: 'Ask for less: a smaller pageSize, or one item by its id.',
  internal: 'Call again once; if it fails again, tell the user that the server reported an internal error.',
} as const

export type ToolErrorCode = keyof typeof toolErrors

export interface ToolErrorOptions {
  /** Default: that of the code. */
  readonly nextStep?: string
  readonly details?: Readonly<Record<string, unknown>>
  /** For the log. */
  readonly cause?: unknown
}

/**
 * A tool call that failed. `message` is public and is written by us; the cause stays in the log.
 */
export class ToolError extends Error {
  readonly code: ToolErrorCode
  readonly nextStep: string
  /** What a program can read of it, in addition to the code: like the id of the object that exists. Public, and ours. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ToolErrorCode, message: string, options: ToolErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.name = 'ToolError'
    this.code = code
    this.nextStep = options.nextStep ?? toolErrors[code]
    this.details = options.details ?? {}
  }
}

/** The message of `already_exists`, where a tool has no better one. */
export const objectExists = 'Scalekit has an object with this name or id already'

/** Scalekit no longer accepts the token of the caller. Over HTTP the client gets 401 and renews it. */
export function callerTokenRefused(cause: unknown): ToolError {
  return new ToolError('invalid_token', 'Scalekit no longer accepts the token of this caller.', { cause })
}

/** Names the API's own error code where it is one (`[A-Z_]`), never its text: that is third-party data. */
function apiErrorCode(error: ConnectError): string {
  const code = errorInfo(error)?.errorCode
  return code && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? ` (${code})` : ''
}

/** The names of the fields that the API refused; values and texts stay out. */
function refusedFields(error: ConnectError): string[] {
  return (errorInfo(error)?.validationErrorInfo?.fieldViolations ?? [])
    .map((violation) => violation.field)
    .filter((field) => /^[A-Za-z0-9_.[\]]{1,80}$/.test(field))
}

/** Arguments that have another name than their field of the API. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  displayName: ['name'],
  resourceId: ['url'],
  idleSessionTimeout: ['idleMinutes'],
  absoluteSessionTimeout: ['absoluteMinutes'],
  accessTokenExpiry: ['accessTokenSeconds'],
  expiry: ['accessTokenSeconds'],
}

/** The argument of a field: `externalId` of `organization.external_id`. */
function argumentOf(field: string, isArgument: (name: string) => boolean): string | undefined {
  const last =
    field
      .replace(/\[\d*\]/g, '')
      .split('.')
      .at(-1) ?? ''
  const name = last.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
  return [name, ...(otherNames[name] ?? [])].find(isArgument)
}

/** The arguments that the API refused. */
export function refusedArguments({ cause }: ToolError, isArgument: (name: string) => boolean): string[] {
  if (!(cause instanceof ConnectError)) return []
  const names = refusedFields(cause).flatMap((field) => argumentOf(field, isArgument) ?? [])
  return [...new Set(names)]
}

/** The message with arguments in place of the fields of the API, where they are known. */
export function messageWithArguments(error: ToolError, isArgument: (name: string) => boolean): string {
  const { cause, message } = error
  if (!(cause instanceof ConnectError)) return message
  const fields = refusedFields(cause)
  const names = fields.map((field) => argumentOf(field, isArgument) ?? field)
  return message.replace(listOf(fields), () => listOf([...new Set(names)]))
}

function listOf(fields: readonly string[]): string {
  return fields.length > 0 ? `: ${fields.join(', ')}` : ''
}

/**
 * Turns whatever a tool threw into a `ToolError` that an agent can act on. Texts of the API, of libraries and
 * of the network never pass; they remain as the cause for the log.
 */
export function toToolError(error: unknown): ToolError {
  if (error instanceof ToolError) return error
  // What is thrown while a request is authorized (no token, no environment) reaches us wrapped by the transport.
  if (error instanceof ConnectError && error.cause instanceof ToolError) return error.cause
  if (!(error instanceof ConnectError)) {
    return new ToolError('internal', 'The server failed while it ran this tool.', { cause: error })
  }
  const as = (code: ToolErrorCode, message: string, nextStep?: string) =>
    new ToolError(code, message + apiErrorCode(error), { cause: error, ...(nextStep ? { nextStep } : {}) })
  switch (error.code) {
    case Code.InvalidArgument:
    case Code.OutOfRange:
      return as('invalid_arguments', `Scalekit refused the arguments${listOf(refusedFields(error))}`)
    case Code.NotFound:
      return as('not_found', 'Scalekit has no such object in this environment')
    case Code.AlreadyExists:
      return as('already_exists', objectExists)
    case Code.PermissionDenied:
      return as('permission_denied', 'Scalekit does not let this caller do that')
    case Code.Unauthenticated:
      return as(
        'permission_denied',
        'Scalekit did not accept the credentials of this server',
        'Ask the operator of this server to check its Scalekit credentials.',
      )
    case Code.FailedPrecondition:
    case Code.Aborted:
      return as(
        'precondition_failed',
        `Scalekit refused because of the present state of the object${listOf(refusedFields(error))}`,
      )
    case Code.ResourceExhausted: {
      const seconds = retryAfterOf(error) ?? 0
      return as(
        'rate_limited',
        'Scalekit limits the rate of requests',
        seconds > 0 ? `Wait ${seconds} seconds, then call again.` : undefined,
      )
    }
    case Code.DeadlineExceeded:
    case Code.Canceled:
      return as('upstream_timeout', 'Scalekit did not answer in time')
    case Code.Unavailable:
    case Code.Internal:
    case Code.DataLoss:
      return as('upstream_unavailable', 'Scalekit could not be reached or failed')
    case Code.Unimplemented:
      return as('tool_not_available', 'This Scalekit service does not offer what the tool needs')
    default:
      return as('internal', 'Scalekit answered in a way that this server does not understand')
  }
}
