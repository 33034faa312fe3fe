import type { ServerResponse } from 'node:http'
import type { HttpAnswer } from './http-message.js'
import type { ErrorMiddleware } from './middleware.js'
import { sendJson } from './send.js'

/** The last route: JSON instead of Express's page, with where MCP is and nothing of the request. */
export function createNotFound(path: string): (req: unknown, res: HttpAnswer) => void {
  const error_description = `There is nothing at this address. MCP is at ${path}.`
  return (_req, res) => sendJson(res, 404, { error: 'not_found', error_description })
}

/** Answers a request that failed: 500 in JSON, with nothing of the error. */
export function sendServerError(res: ServerResponse): void {
  sendJson(res, 500, { error: 'server_error', error_description: 'The request failed. Try again later.' })
}

/**
 * The last error handler of an Express app: JSON only, no stack, no message of the error.
 *
 * @param onError receives the error, for the log
 * @example app.use(auth.notFound, auth.challenge, errorHandler((error) => log.error(error)))
 */
export function errorHandler(onError: (error: unknown) => void = () => undefined): ErrorMiddleware {
  return (error, _req, res, next) => {
    onError(error)
    if (res.headersSent) return next(error)
    const status = clientErrorOf(error)
    if (status === undefined) return sendServerError(res)
    sendJson(res, status, { error: 'invalid_request', error_description: 'The request cannot be read.' })
  }
}

/** Express and its parsers mark what the client did wrong with a status. */
function clientErrorOf(error: unknown): number | undefined {
  const { status } = Object(error) as { status?: unknown }
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined
}
