import type { Response } from 'express'
import type { DomainErrorCode } from '../domain/domain-error.js'

/** The codes of google.rpc.Code that the proxy returns, with their HTTP status. */
const CODES = {
  INVALID_ARGUMENT: { code: 3, status: 400 },
  DEADLINE_EXCEEDED: { code: 4, status: 504 },
  NOT_FOUND: { code: 5, status: 404 },
  ALREADY_EXISTS: { code: 6, status: 409 },
  PERMISSION_DENIED: { code: 7, status: 403 },
  FAILED_PRECONDITION: { code: 9, status: 400 },
  UNIMPLEMENTED: { code: 12, status: 501 },
  UNAVAILABLE: { code: 14, status: 502 },
  UNAUTHENTICATED: { code: 16, status: 401 },
} as const
export type ApiErrorCode = keyof typeof CODES

/** The code for each refusal of the domain. */
export const REFUSALS: Readonly<Record<DomainErrorCode, ApiErrorCode>> = {
  not_found: 'NOT_FOUND',
  already_exists: 'ALREADY_EXISTS',
  invalid: 'INVALID_ARGUMENT',
  failed_precondition: 'FAILED_PRECONDITION',
  unimplemented: 'UNIMPLEMENTED',
}

/** Sends an error in the format of the REST API. The official SDKs require the `ErrorInfo`. */
export function sendApiError(response: Response, name: ApiErrorCode, message: string): void {
  const { code, status } = CODES[name]
  const info = { '@type': 'type.googleapis.com/scalekit.v1.errdetails.ErrorInfo', error_code: name }
  response
    .status(status)
    .set('Cache-Control', 'no-store')
    .json({ code, message, details: [info] })
}
