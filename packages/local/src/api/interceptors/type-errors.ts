import { Code, ConnectError, type Interceptor } from '@connectrpc/connect'
import { type ApiErrorDetail, apiError, codeName, errorInfo } from '@scalekit-mcp/api'
import { ToolFailure } from '../../domain/agent-tools/tool-failure.js'
import { DomainError, type DomainErrorCode } from '../../domain/domain-error.js'
import { DatabaseUnavailable } from '../../storage/local-error.js'

const CODES: Readonly<Record<DomainErrorCode, Code>> = {
  not_found: Code.NotFound,
  already_exists: Code.AlreadyExists,
  invalid: Code.InvalidArgument,
  failed_precondition: Code.FailedPrecondition,
  unimplemented: Code.Unimplemented,
}

/** The codes for the HTTP status of a provider. Any other status is Internal, as with Scalekit. */
const CODES_OF_PROVIDERS: Readonly<Record<number, Code>> = {
  401: Code.Unauthenticated,
  403: Code.PermissionDenied,
  429: Code.ResourceExhausted,
  504: Code.DeadlineExceeded,
}

/** Makes every failure an error of the API with an `ErrorInfo`. What was not foreseen tells nothing of itself. */
export const typeErrors: Interceptor = (next) => async (req) => {
  try {
    return await next(req)
  } catch (error) {
    throw typed(error)
  }
}

function typed(error: unknown): ConnectError {
  if (isUniqueViolation(error)) {
    return apiError(Code.AlreadyExists, 'Another one with this name or id was created at the same time', {
      cause: error,
    })
  }
  if (error instanceof DatabaseUnavailable) {
    return apiError(Code.Unavailable, 'The database is unavailable. Try the request again', { cause: error })
  }
  if (error instanceof ToolFailure) return failedCall(error)
  if (error instanceof DomainError) return refused(error)
  if (!(error instanceof ConnectError)) {
    warn(error)
    return apiError(Code.Internal, 'The local environment failed; it says why on its error output', {
      cause: error,
    })
  }
  if (errorInfo(error)) return error
  return apiError(error.code, error.rawMessage, { cause: error })
}

function refused(cause: DomainError, toolError?: ApiErrorDetail['toolError']): ConnectError {
  const { code, message, fieldViolations } = cause
  return apiError(CODES[code], message, {
    ...(fieldViolations.length > 0 && { fieldViolations }),
    ...(toolError && { toolError, errorCode: codeName(CODES[code]) }),
    cause,
  })
}

/** Only failures of a provider have the code TOOL_ERROR. Our own refusals have the execution id too, to find the call in the log. */
function failedCall({ executionId, code, status, message, cause }: ToolFailure): ConnectError {
  const toolError = { executionId, toolErrorCode: code, toolErrorMessage: message }
  if (cause instanceof DomainError) return refused(cause, toolError)
  return apiError(CODES_OF_PROVIDERS[status ?? 0] ?? Code.Internal, message, { toolError, cause })
}

/** SQLSTATE 23505 of PostgreSQL, and SQLite's names for the same. */
function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  return ['23505', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY'].includes(String(error.code))
}

/** The one who can mend it sees the reason; the caller does not. */
function warn(error: unknown): void {
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  process.emitWarning(message, { type: 'ManagementFailure', ...(stack !== undefined && { detail: stack }) })
}
