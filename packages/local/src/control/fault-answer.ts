import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { Code } from '@connectrpc/connect'
import { errorToJson } from '@connectrpc/connect/protocol-connect'
import { setTrailerStatus } from '@connectrpc/connect/protocol-grpc'
import { apiError, codeName } from '@scalekit-mcp/api'
import type { Fault } from './fault.js'

type Incoming = IncomingMessage | Http2ServerRequest
type Outgoing = ServerResponse | Http2ServerResponse

const MESSAGE = 'A fault that was asked for through /__local/faults'

/** google/rpc/code.proto, the HTTP mapping of each code. */
const CODES: Readonly<Record<number, Code>> = {
  400: Code.InvalidArgument,
  401: Code.Unauthenticated,
  403: Code.PermissionDenied,
  404: Code.NotFound,
  409: Code.AlreadyExists,
  429: Code.ResourceExhausted,
  499: Code.Canceled,
  500: Code.Internal,
  501: Code.Unimplemented,
  504: Code.DeadlineExceeded,
}

/** RFC 6749, section 5.2 has one code that fits no server error; RFC 6749, section 4.1.2.1 has the others. */
const OAUTH_ERRORS: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  401: 'invalid_client',
  403: 'access_denied',
  429: 'too_many_requests',
  503: 'temporarily_unavailable',
}

/** Answers what a fault says: its own text as it is, or the error that the protocol of the request has for it. */
export function answerFault(fault: Fault, request: Incoming, response: Outgoing): void {
  if (fault.retry_after !== undefined) response.setHeader('Retry-After', String(fault.retry_after))
  if (fault.location !== undefined) response.setHeader('Location', fault.location)
  const { status = fault.location === undefined ? 200 : 302 } = fault
  if (fault.body !== undefined || status < 400) {
    response.statusCode = status
    response.setHeader('Content-Type', fault.content_type ?? 'application/json')
    response.end(fault.body ?? '')
  } else answerError(status, request, response)
}

function answerError(status: number, request: Incoming, response: Outgoing): void {
  const error = apiError(
    CODES[status] ?? (status > 500 ? Code.Unavailable : Code.FailedPrecondition),
    MESSAGE,
  )
  const type = request.headers['content-type'] ?? ''
  const [path = ''] = (request.url ?? '').split('?', 1)
  if (type.startsWith('application/grpc')) {
    // An error without a message is told in the headers ("Trailers-Only" in the gRPC protocol over HTTP/2).
    const headers = new Headers({ 'content-type': type })
    setTrailerStatus(headers, error)
    response.writeHead(200, Object.fromEntries(headers))
    response.end()
    return
  }
  response.statusCode = status
  response.setHeader('Content-Type', 'application/json')
  response.end(JSON.stringify(bodyOf(path, status, error)))
}

function bodyOf(path: string, status: number, error: ReturnType<typeof apiError>): unknown {
  if (path.includes('/oauth/')) {
    return { error: OAUTH_ERRORS[status] ?? 'server_error', error_description: MESSAGE }
  }
  if (path.includes('/scalekit.v1.')) return errorToJson(error, undefined)
  const info = {
    '@type': 'type.googleapis.com/scalekit.v1.errdetails.ErrorInfo',
    error_code: codeName(error.code),
  }
  return { code: error.code, message: MESSAGE, details: [info] }
}
