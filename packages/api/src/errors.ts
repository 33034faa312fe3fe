import { create } from '@bufbuild/protobuf'
import { Code, ConnectError } from '@connectrpc/connect'
import {
  type ErrorInfo,
  ErrorInfoSchema,
} from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/errdetails/errdetails_pb.js'
import { ErrorInfoSchema as RpcErrorInfoSchema } from './gen/google/rpc/error_details_pb.js'

export interface FieldViolation {
  readonly field: string
  readonly description: string
  readonly constraint?: string
}

/** Source: google/rpc/error_details.proto, `ErrorInfo`. */
export interface ErrorReason {
  readonly reason: string
  readonly domain: string
  readonly metadata: Readonly<Record<string, string>>
}

/** Source: the message `ToolErrorInfo` of the API. */
export interface ToolErrorDetail {
  readonly executionId: string
  readonly toolErrorCode: string
  readonly toolErrorMessage: string
}

export interface ApiErrorDetail {
  /** Stable and upper case; by default the name of the code, as in `NOT_FOUND`. */
  readonly errorCode?: string
  readonly fieldViolations?: readonly FieldViolation[]
  /** The failure of a tool call. The official SDKs never retry an error that has the code `TOOL_ERROR`. */
  readonly toolError?: ToolErrorDetail
  /** For the log; it never crosses the wire. */
  readonly cause?: unknown
}

/** Who defines our reasons: google.rpc.ErrorInfo wants a domain. */
const REASON_DOMAIN = 'scalekit-mcp.local'

/**
 * An error of the management API. Unimplemented fields are in a `google.rpc.ErrorInfo` too. It always carries an `ErrorInfo`: Scalekit's Python SDK fails on an
 * error that has none.
 * @param message what happened and what to do next; it is sent to the caller
 */
export function apiError(code: Code, message: string, detail: ApiErrorDetail = {}): ConnectError {
  const violations = detail.fieldViolations
  const info = create(ErrorInfoSchema, {
    errorCode: detail.errorCode ?? (detail.toolError ? 'TOOL_ERROR' : codeName(code)),
    ...(violations && { validationErrorInfo: { fieldViolations: [...violations] } }),
    ...(detail.toolError && { toolErrorInfo: detail.toolError }),
  })
  const details = [
    { desc: ErrorInfoSchema, value: info },
    ...(code === Code.Unimplemented && violations ? [unsupportedFields(violations)] : []),
  ]
  return new ConnectError(message, code, undefined, details, detail.cause)
}

/** The InvalidArgument error of a request whose fields break rules: the message and the details name each of them. */
export function invalidFields(fieldViolations: readonly FieldViolation[]): ConnectError {
  const text = fieldViolations.map(({ field, description }) =>
    field ? `${field}: ${description}` : description,
  )
  return apiError(Code.InvalidArgument, text.join('; '), { fieldViolations })
}

function unsupportedFields(violations: readonly FieldViolation[]) {
  const field = violations.map((violation) => violation.field).join(',')
  const reason = { reason: 'FIELD_NOT_SUPPORTED', domain: REASON_DOMAIN, metadata: { field } }
  return { desc: RpcErrorInfoSchema, value: create(RpcErrorInfoSchema, reason) }
}

/** The `google.rpc.ErrorInfo` of an error of the management API. */
export function errorReason(error: unknown): ErrorReason | undefined {
  return error instanceof ConnectError ? error.findDetails(RpcErrorInfoSchema)[0] : undefined
}

/** The first `ErrorInfo` of an error of the management API. */
export function errorInfo(error: unknown): ErrorInfo | undefined {
  return error instanceof ConnectError ? error.findDetails(ErrorInfoSchema)[0] : undefined
}

/** `Code.NotFound` as `NOT_FOUND`, the way google.rpc.Code spells it. */
export function codeName(code: Code): string {
  return (Code[code] ?? 'Unknown').replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()
}

/** Source: google/rpc/code.proto, the HTTP mapping of each code. */
const STATUS_OF_CODE: Readonly<Record<Code, number>> = {
  [Code.Canceled]: 499,
  [Code.Unknown]: 500,
  [Code.InvalidArgument]: 400,
  [Code.DeadlineExceeded]: 504,
  [Code.NotFound]: 404,
  [Code.AlreadyExists]: 409,
  [Code.PermissionDenied]: 403,
  [Code.ResourceExhausted]: 429,
  [Code.FailedPrecondition]: 400,
  [Code.Aborted]: 409,
  [Code.OutOfRange]: 400,
  [Code.Unimplemented]: 501,
  [Code.Internal]: 500,
  [Code.Unavailable]: 503,
  [Code.DataLoss]: 500,
  [Code.Unauthenticated]: 401,
}

/** The other direction, for an answer whose body names no code. */
const CODE_OF_STATUS: Readonly<Record<number, Code>> = {
  400: Code.InvalidArgument,
  401: Code.Unauthenticated,
  403: Code.PermissionDenied,
  404: Code.NotFound,
  405: Code.Unimplemented,
  408: Code.DeadlineExceeded,
  409: Code.AlreadyExists,
  412: Code.FailedPrecondition,
  413: Code.InvalidArgument,
  429: Code.ResourceExhausted,
  499: Code.Canceled,
  500: Code.Internal,
  501: Code.Unimplemented,
  502: Code.Unavailable,
  503: Code.Unavailable,
  504: Code.DeadlineExceeded,
}

export function httpStatus(code: Code): number {
  return STATUS_OF_CODE[code]
}

export function codeOfStatus(status: number): Code {
  return CODE_OF_STATUS[status] ?? (status >= 500 ? Code.Unavailable : Code.Unknown)
}

/** A `google.rpc.Code` from outside: 1 to 16, or undefined. */
export function knownCode(value: unknown): Code | undefined {
  return typeof value === 'number' && value in STATUS_OF_CODE ? (value as Code) : undefined
}
