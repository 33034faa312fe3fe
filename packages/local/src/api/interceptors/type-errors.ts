import { Code, ConnectError, type Interceptor } from '@connectrpc/connect'
import { apiError, errorInfo } from '@scalekit-mcp/api'
import { DomainError, type DomainErrorCode } from '../../domain/domain-error.js'
import { DatabaseUnavailable } from '../../storage/local-error.js'

const CODES: Readonly<Record<DomainErrorCode, Code>> = {
  not_found: Code.NotFound,
  already_exists: Code.AlreadyExists,
  invalid: Code.InvalidArgument,
  failed_precondition: Code.FailedPrecondition,
  unimplemented: Code.Unimplemented,
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
  if (error instanceof DomainError) {
    const { code, message, fieldViolations } = error
    return apiError(CODES[code], message, {
      ...(fieldViolations.length > 0 && { fieldViolations }),
      cause: error,
    })
  }
  if (!(error instanceof ConnectError)) {
    warn(error)
    return apiError(Code.Internal, 'The local environment failed; it says why on its error output', {
      cause: error,
    })
  }
  if (errorInfo(error)) return error
  return apiError(error.code, error.rawMessage, { cause: error })
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
