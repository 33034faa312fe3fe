import type { IncomingMessage, ServerResponse } from 'node:http'

/** Goes on with the next middleware, or with an error to the error handlers. */
export type Next = (error?: unknown) => void

/** Middleware of Express 4 and 5, and of every other router that calls it in the same way. */
export type Middleware = (req: IncomingMessage, res: ServerResponse, next: Next) => void

export type ErrorMiddleware = (error: unknown, req: IncomingMessage, res: ServerResponse, next: Next) => void
