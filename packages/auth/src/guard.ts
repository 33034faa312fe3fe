import type { IncomingMessage } from 'node:http'
import type { RequestHandler } from 'express'
import { authInfoOf } from './auth-info.js'
import type { Caller } from './caller.js'
import { type Challenge, sendChallenge } from './challenge.js'
import { readCredential, requireToken } from './credential.js'
import { AuthError } from './errors.js'
import type { TokenVerifier } from './verify-token.js'

declare module 'node:http' {
  interface IncomingMessage {
    /** Set by the guard once the request's token was verified. */
    caller?: Caller | undefined
  }
}

/** The caller of a request that passed the guard. @throws Error when no guard stands in front of the route */
export function callerOf(req: IncomingMessage): Caller {
  if (!req.caller) throw new Error('No guard stands in front of this route')
  return req.caller
}

/**
 * Puts the caller on the request, as `req.caller` and as the `req.auth` that the MCP SDKs pass to handlers. Reads
 * headers only, so that it runs before any body is read. Answers at once where the token is remembered.
 *
 * @throws AuthError
 */
export function authenticate(
  req: IncomingMessage & { auth?: unknown },
  verifier: TokenVerifier,
): Caller | Promise<Caller> {
  req.caller = undefined
  req.auth = undefined
  const pass = (caller: Caller): Caller => {
    req.caller = caller
    req.auth = authInfoOf(caller)
    return caller
  }
  const token = readCredential(req)
  const known = verifier.remembered(token)
  if (known) return pass(known)
  requireToken(token)
  return verifier.verify(token).then(pass)
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
      await authenticate(req, options.verifier)
    } catch (error) {
      if (!(error instanceof AuthError)) throw error
      return sendChallenge(res, error, options.challenge)
    }
    next()
  }
}
