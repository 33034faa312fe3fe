import type { IncomingMessage, ServerResponse } from 'node:http'
import { type AnswerType, answerAsAccepted, negotiateAnswer } from './accept.js'
import type { Caller } from './caller.js'
import { type Challenge, createSendChallenge, insufficientScope, scopesToAskFor } from './challenge.js'
import { checkOptions } from './check-options.js'
import { missingToken, readToken } from './credential.js'
import { createNotFound } from './error-handler.js'
import { AuthError, askingFor, invalidToken } from './errors.js'
import { checkFresh } from './fresh.js'
import { checkHeaders } from './header-limits.js'
import { createHostCheck } from './hosts.js'
import { parseBody, readBody } from './json-body.js'
import { checkMessage, idOf } from './json-rpc.js'
import { createMetadataEndpoint, resourceMetadataUrl } from './metadata.js'
import { checkMethod } from './method.js'
import { createOriginCheck, originsOf } from './origins.js'
import { type ProtectOptions, resolveOptions } from './protect-options.js'
import { createRateLimit } from './rate-limit.js'
import { type Refusal, refusalOf } from './refusal.js'
import { pathOf, placeOf } from './resource-path.js'
import { createToolScopes, type ToolScopes } from './tool-scopes.js'
import { createTokenVerifier, type TokenVerifier } from './verify-token.js'

/** What the protection decided about a request. */
export type Admission =
  | Admitted
  /** It has been answered, after what is known of it here. */
  | ({ readonly outcome: 'refused'; readonly refusal: Refusal } & Known)
  /** It has been answered: the resource metadata, or what a browser asks before a call. */
  | { readonly outcome: 'served' }
  /** It is not about the resource. */
  | { readonly outcome: 'elsewhere' }

/** The request may go on to the handler. */
export interface Admitted {
  readonly outcome: 'admitted'
  readonly caller: Caller
  /** One JSON-RPC message; undefined for GET and DELETE. */
  readonly message: unknown
  /** Set when the client accepts only one of the two media types of MCP. */
  readonly acceptsOnly: AnswerType | undefined
}

/** What is known of a request, as far as it came. */
interface Known {
  caller?: Caller
  message?: unknown
  /** Of a message that breaks a rule, too. */
  id?: string | number | null
}

/** A request that was admitted, and its caller. */
export interface ProtectedRequest {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly caller?: Caller | undefined
}

interface RefusedRequest extends ProtectedRequest, Pick<Known, 'id'> {}

/** The protection of one MCP endpoint of a bare Node server; nothing is added to the request. */
export interface NodeProtection extends Pick<ToolScopes, 'tool'> {
  /** Where MCP is: mount the handler here. */
  readonly path: string
  readonly resourceMetadataUrl: string
  readonly verifier: TokenVerifier
  /** Answers 404 in JSON, with where MCP is; in an Express app, its last route. */
  readonly notFound: (req: unknown, res: ServerResponse) => void
  /** The whole protection. Call it for every request. */
  admit(req: IncomingMessage, res: ServerResponse): Promise<Admission>
  /**
   * Answers 403 with the challenge for `scopes`: all that the call needs. Before 2026-07-28 it names what the token has too.
   *
   * @param nextStep for the model or person that reads the answer, in ASCII without quotes; by default to sign in again
   */
  challengeScopes(request: ProtectedRequest, scopes: readonly string[], nextStep?: string): Refusal
  /**
   * Answers 401 `invalid_token` for a token that was accepted here and that a service behind this server refuses, so that
   * the client gets a new one. `detail` is for the log only.
   */
  challengeToken(request: ProtectedRequest, detail: string, cause?: unknown): Refusal
  /**
   * Takes further points from the minute of the caller, for calls that cost more than others.
   * @returns the refusal when there are not as many left: the request has been answered with 429
   */
  charge(request: ProtectedRequest & { caller: Caller }, points: number): Promise<Refusal | undefined>
  /**
   * For a request that changes something: whether a revocation of its token would be known. Call it before the change.
   * @returns the refusal when the authorization server could not be asked: the request has been answered with 503
   */
  requireFresh(request: ProtectedRequest & { caller: Caller }): Refusal | undefined
  close(): void
}

/**
 * Protects one MCP endpoint of a bare Node server, as `protect` does it for an Express app.
 *
 * @throws TypeError naming the option that is wrong
 * @example
 * const admission = await protection.admit(req, res)
 * if (admission.outcome === 'admitted') {
 *   await handler(Object.assign(req, { auth: authInfoOf(admission.caller) }), res, admission.message)
 * }
 * if (admission.outcome === 'elsewhere') protection.notFound(req, res)
 */
export function createProtection(options: ProtectOptions): NodeProtection {
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

  /** Everything that happens to every request, in order. @throws AuthError, and fills in what is known until then */
  async function decide(req: IncomingMessage, res: ServerResponse, known: Known): Promise<Admission> {
    if (serveMetadata(pathOf(req.url), req, res)) return { outcome: 'served' }
    const place = placeOf(req.url, path)
    if (place === 'elsewhere') return { outcome: 'elsewhere' }
    if (place === 'near') throw new AuthError('not_found', `MCP is at ${path}.`)
    checkHeaders(req)
    checkHost(req)
    checkOrigin(req, res)
    if (res.writableEnded) return { outcome: 'served' }
    const token = readToken(req)
    if (token === undefined) return { outcome: 'refused', refusal: refuse({ req, res }, missingToken) }
    const caller = await verifier.verify(token)
    known.caller = caller
    checkMethod(req, methods)
    await limits.spend(caller, 1, res)
    if (req.method !== 'POST')
      return { outcome: 'admitted', caller, message: undefined, acceptsOnly: undefined }
    const acceptsOnly = negotiateAnswer(req)
    const message = parseBody(await readBody(req, res))
    known.id = idOf(message)
    checkMessage(message, { responses })
    known.message = message
    toolScopes.check(message, caller)
    answerAsAccepted(res, acceptsOnly, message)
    return { outcome: 'admitted', caller, message, acceptsOnly }
  }

  /** A bad credential counts, and may be one too many. */
  async function turnAway(request: RefusedRequest, error: unknown): Promise<Refusal> {
    const refused = refusalFor(error)
    if (refused.code !== 'invalid_token') return refuse(request, refused)
    const counted = limits.countFailure(addressOf(request.req))
    return refuse(request, await counted.then(() => refused, refusalFor))
  }

  function refuse(request: RefusedRequest, error: AuthError): Refusal {
    const { req, res, id = null } = request
    const refusal = refusalOf(error, addressOf(req))
    options.onRefused?.(refusal, req)
    const asked = scopesAsked(request, error)
    sendChallenge(res, asked ? askingFor(asked, error) : error, id)
    return refusal
  }

  /** What the challenge asks for, where that depends on the request. */
  function scopesAsked(
    { req, caller }: ProtectedRequest,
    { scopes: needed }: AuthError,
  ): readonly string[] | undefined {
    if (!needed) return options.scopesFor?.(req)
    return scopesToAskFor(needed, req.headers['mcp-protocol-version'], caller, scopeAliases)
  }

  return {
    path,
    resourceMetadataUrl: challenge.resourceMetadataUrl,
    verifier,
    notFound: createNotFound(path),
    tool: toolScopes.tool,
    async admit(req, res) {
      const known: Known = {}
      try {
        return await decide(req, res, known)
      } catch (error) {
        return { outcome: 'refused', refusal: await turnAway({ req, res, ...known }, error), ...known }
      }
    },
    challengeScopes: (request, needed, nextStep) => refuse(request, insufficientScope(needed, nextStep)),
    challengeToken: (request, detail, cause) => refuse(request, invalidToken(detail, cause)),
    async charge(request, points) {
      try {
        await limits.spend(request.caller, points, request.res)
        return undefined
      } catch (error) {
        return turnAway(request, error)
      }
    },
    requireFresh(request) {
      try {
        checkFresh(request.caller)
        return undefined
      } catch (error) {
        return refuse(request, refusalFor(error))
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
