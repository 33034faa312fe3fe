import type { IncomingMessage } from 'node:http'
import type { RequestHandler } from 'express'
import { authInfoOf } from './auth-info.js'
import type { Caller } from './caller.js'
import { type Challenge, sendChallenge } from './challenge.js'
import { missingToken, readToken } from './credential.js'
import { AuthError } from './errors.js'
import type { TokenVerifier } from './verify-token.js'

declare module 'node:http' {
  interface IncomingMessage {
    /** In an Express app: set by `protect` or `guard` once the request's token was verified. */
    caller?: Caller | undefined
  }
}

/** The caller of a request that passed the guard. @throws Error when no guard stands in front of the route */
export function callerOf(req: IncomingMessage): Caller {
  if (!req.caller) throw new Error('No guard stands in front of this route')
  return req.caller
}

/** For the handlers of an Express app: `req.caller`, and the `req.auth` that the MCP SDKs pass to theirs. */
export function putCaller(req: IncomingMessage & { auth?: unknown }, caller: Caller | undefined): void {
  req.caller = caller
  req.auth = caller && authInfoOf(caller)
}

/**
 * Express middleware for one's own routes: passes requests with a valid token on, with `req.caller` set, and
 * answers all others with the challenge. For an MCP endpoint take `protect`, which does more.
 *
 * @example app.get('/report', guard({ verifier, challenge }), (req, res) => res.json(callerOf(req).subject))
 */
export function guard(options: { verifier: TokenVerifier; challenge: Challenge }): RequestHandler {
  return async (req, res, next) => {
    try {
      const token = readToken(req)
      if (token === undefined) throw missingToken
      putCaller(req, await options.verifier.verify(token))
    } catch (error) {
      if (!(error instanceof AuthError)) throw error
      return sendChallenge(res, error, options.challenge)
    }
    next()
  }
}
