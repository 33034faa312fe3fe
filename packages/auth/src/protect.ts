import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Express, RequestHandler } from 'express'
import { answerAsAccepted, negotiateAnswer } from './accept.js'
import type { Caller } from './caller.js'
import { type Challenge, createSendChallenge, insufficientScope, scopesToAskFor } from './challenge.js'
import { checkOptions } from './check-options.js'
import { createNotFound } from './error-handler.js'
import { AuthError, askingFor, invalidToken } from './errors.js'
import { checkFresh } from './fresh.js'
import { authenticate, callerOf } from './guard.js'
import { checkHeaders } from './header-limits.js'
import { createHostCheck } from './hosts.js'
import { parseBody, readBody } from './json-body.js'
import { checkMessage } from './json-rpc.js'
import { createMetadataEndpoint, resourceMetadataUrl } from './metadata.js'
import { checkMethod } from './method.js'
import { createOriginCheck, originsOf } from './origins.js'
import { type ProtectOptions, resolveOptions } from './protect-options.js'
import { createRateLimit } from './rate-limit.js'
import { refusalOf } from './refusal.js'
import { pathOf, placeOf } from './resource-path.js'
import { missingScopes } from './scopes.js'
import { createToolScopes, type ToolScopes } from './tool-scopes.js'
import { createTokenVerifier, type TokenVerifier } from './verify-token.js'

/** `admitted`: may go on to the handler. `answered`: refused or served. `elsewhere`: not about the resource. */
export type Admission = 'admitted' | 'answered' | 'elsewhere'

export interface Protection extends Pick<ToolScopes, 'tool'> {
  /** Where MCP is: mount the handler here. */
  readonly path: string
  readonly resourceMetadataUrl: string
  readonly verifier: TokenVerifier
  /** The last route of an Express app: 404 in JSON, with where MCP is. */
  readonly notFound: RequestHandler
  /**
   * The whole protection for a request of a bare Node server; Express gets it by `protect`. A promise where something has
   * to be waited for.
   */
  admit(req: IncomingMessage, res: ServerResponse): Admission | Promise<Admission>
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
  close(): void
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
  const protection = createProtection(options)
  app.disable('x-powered-by')
  app.use(async (req, res, next) => {
    if ((await protection.admit(req, res)) !== 'answered') next()
  })
  return protection
}

/** The same for a bare Node server: `admit` is to be called for every request. */
export function createProtection(options: ProtectOptions): Protection {
  checkOptions(options)
  const { path, metadata, verifier: verifierOptions } = resolveOptions(options)
  const { resource, scopes, scopeAliases, sessions = false, responses = sessions } = options
  const methods = sessions ? ['POST', 'GET', 'DELETE'] : ['POST']
  const challenge: Challenge = { resourceMetadataUrl: resourceMetadataUrl(resource), scopes }
  const sendChallenge = createSendChallenge(challenge)
  const verifier = createTokenVerifier(verifierOptions)
  const serveMetadata = createMetadataEndpoint(metadata)
  const checkHost = createHostCheck(resource, options.allowedHosts)
  const checkOrigin = createOriginCheck(options.allowedOrigins ?? originsOf(resource), methods)
  const limits = createRateLimit(resource, options.limits)
  const toolScopes = createToolScopes(options.tools, scopeAliases)
  const addressOf = options.addressOf ?? clientAddress

  /** What headers alone decide is decided at once: no promise for a request without a token, nor for the metadata. */
  function admit(req: IncomingMessage, res: ServerResponse): Admission | Promise<Admission> {
    try {
      if (serveMetadata(pathOf(req.url), req, res)) return 'answered'
      const place = placeOf(req.url, path)
      if (place === 'elsewhere') return 'elsewhere'
      if (place === 'near') throw new AuthError('not_found', `MCP is at ${path}.`)
      checkHeaders(req)
      checkHost(req)
      checkOrigin(req, res)
      if (res.writableEnded) return 'answered'
      return admitCaller(req, res, authenticate(req, verifier))
    } catch (error) {
      return turnAway(req, res, error)
    }
  }

  async function admitCaller(
    req: IncomingMessage,
    res: ServerResponse,
    known: Caller | Promise<Caller>,
  ): Promise<Admission> {
    try {
      const caller = known instanceof Promise ? await known : known
      checkMethod(req, methods)
      const spending = limits.spend(caller, 1, res)
      if (spending) await spending
      if (req.method === 'POST') {
        negotiateAnswer(req)
        takeMessage(req, await readBody(req, res), caller)
        answerAsAccepted(req, res)
      }
      return 'admitted'
    } catch (error) {
      return turnAway(req, res, error)
    }
  }

  function takeMessage(req: IncomingMessage & { body?: unknown }, bytes: Buffer, caller: Caller): void {
    const body = parseBody(bytes)
    checkMessage(body, { responses })
    req.body = body
    toolScopes.check(body, caller)
  }

  /** A bad credential counts, and may be one too many. */
  function turnAway(
    req: IncomingMessage,
    res: ServerResponse,
    error: unknown,
  ): 'answered' | Promise<'answered'> {
    const refusal = refusalFor(error)
    if (refusal.code === 'invalid_token') return countThenRefuse(req, res, refusal)
    refuse(req, res, refusal)
    return 'answered'
  }

  async function countThenRefuse(
    req: IncomingMessage,
    res: ServerResponse,
    invalid: AuthError,
  ): Promise<'answered'> {
    let refusal = invalid
    try {
      await limits.countFailure(addressOf(req))
    } catch (limited) {
      refusal = refusalFor(limited)
    }
    refuse(req, res, refusal)
    return 'answered'
  }

  function refuse(req: IncomingMessage, res: ServerResponse, error: AuthError): void {
    options.onRefused?.(refusalOf(error, addressOf(req)), req)
    const asked = scopesAsked(req, error)
    sendChallenge(res, asked ? askingFor(asked, error) : error)
  }

  /** What the challenge asks for, where that depends on the request. */
  function scopesAsked(req: IncomingMessage, { scopes: needed }: AuthError): readonly string[] | undefined {
    if (!needed) return options.scopesFor?.(req)
    return scopesToAskFor(needed, req.headers['mcp-protocol-version'], req.caller, scopeAliases)
  }

  return {
    path,
    resourceMetadataUrl: challenge.resourceMetadataUrl,
    verifier,
    notFound: createNotFound(path),
    admit,
    tool: toolScopes.tool,
    challengeScopes: (req, res, needed) => refuse(req, res, insufficientScope(needed)),
    challengeToken: (req, res, detail, cause) => refuse(req, res, invalidToken(detail, cause)),
    requireScopes(...needed) {
      return (req, res, next) => {
        if (missingScopes(callerOf(req).scopes, needed, scopeAliases).length === 0) return next()
        refuse(req, res, insufficientScope(needed))
      }
    },
    async charge(req, res, points) {
      try {
        await limits.spend(callerOf(req), points, res)
        return true
      } catch (error) {
        await turnAway(req, res, error)
        return false
      }
    },
    requireFresh(req, res) {
      try {
        checkFresh(callerOf(req))
        return true
      } catch (error) {
        refuse(req, res, refusalFor(error))
        return false
      }
    },
    close: () => verifier.close(),
  }
}

/** What is not a refusal is a fault of ours. */
function refusalFor(error: unknown): AuthError {
  if (error instanceof AuthError) return error
  return new AuthError('server_error', 'The request failed. Try again later.', { cause: error })
}

function clientAddress(req: IncomingMessage & { ip?: string }): string {
  return req.ip ?? req.socket.remoteAddress ?? ''
}
