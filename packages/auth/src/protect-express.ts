import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Express, RequestHandler } from 'express'
import { callerOf, putCaller } from './guard.js'
import { createProtection, type NodeProtection } from './protect.js'
import type { ProtectOptions } from './protect-options.js'
import { missingScopes } from './scopes.js'

/** The protection of one MCP endpoint of an Express app: the caller of a request is the one that `callerOf(req)` returns. */
export interface Protection
  extends Pick<
    NodeProtection,
    'path' | 'resourceMetadataUrl' | 'verifier' | 'notFound' | 'tool' | 'onBehalfOf' | 'close'
  > {
  /** Answers 403 with the challenge for `scopes`: all that the call needs. Before 2026-07-28 it names what the token has too. */
  challengeScopes(req: IncomingMessage, res: ServerResponse, scopes: readonly string[]): void
  /**
   * Answers 401 `invalid_token` for a token that was accepted here and that a service behind this server refuses, so that
   * the client gets a new one. `detail` goes to `onRefused` only.
   */
  challengeToken(req: IncomingMessage, res: ServerResponse, detail: string, cause?: unknown): void
  /** Middleware that lets only callers with all these scopes through. */
  requireScopes(...scopes: string[]): RequestHandler
  /**
   * Takes further points from the minute of the request's caller, for calls that cost more than others.
   * @returns false when there are not as many left: the request has been answered with 429
   */
  charge(req: IncomingMessage, res: ServerResponse, points: number): Promise<boolean>
  /**
   * For a request that changes something: whether a revocation of its token would be known. Call it before the change.
   * @returns false when the authorization server could not be asked: the request has been answered with 503
   */
  requireFresh(req: IncomingMessage, res: ServerResponse): boolean
}

/**
 * Protects one MCP endpoint of an Express app with OAuth 2.1 access tokens. Call it before any body parser,
 * then mount the handler. Handlers find the verified caller with `callerOf(req)` and the parsed message in
 * `req.body`.
 *
 * @throws TypeError naming the option that is wrong
 * @example
 * const protection = protect(app, {
 *   resource: 'https://mcp.example.com/mcp',
 *   scalekit: { environmentUrl: 'https://acme.scalekit.com', resourceId: 'res_…' },
 *   scopes: ['todo:read'],
 *   tools: { list_todos: ['todo:read'], add_todo: ['todo:read', 'todo:write'] },
 * })
 * app.post(protection.path, handler)
 */
export function protect(app: Express, options: ProtectOptions): Protection {
  const { admit, challengeScopes, challengeToken, charge, requireFresh, ...protection } =
    createProtection(options)
  app.disable('x-powered-by')
  app.use(async (req, res, next) => {
    const admission = await admit(req, res)
    if ('caller' in admission) putCaller(req, admission.caller)
    if ('message' in admission && admission.message !== undefined) req.body = admission.message
    if (admission.outcome !== 'refused' && admission.outcome !== 'served') next()
  })
  return {
    ...protection,
    challengeScopes: (req, res, scopes) => void challengeScopes({ req, res, caller: req.caller }, scopes),
    challengeToken: (req, res, detail, cause) => void challengeToken({ req, res }, detail, cause),
    requireScopes(...scopes) {
      return (req, res, next) => {
        const caller = callerOf(req)
        if (missingScopes(caller.scopes, scopes, options.scopeAliases).length === 0) return next()
        challengeScopes({ req, res, caller }, scopes)
      }
    },
    charge: async (req, res, points) => !(await charge({ req, res, caller: callerOf(req) }, points)),
    requireFresh: (req, res) => !requireFresh({ req, res, caller: callerOf(req) }),
  }
}
