import type { IncomingMessage, ServerResponse } from 'node:http'
import { emitWarning } from '#platform'
import { type AnswerType, answerAsAccepted, negotiateAnswer } from './accept.js'
import { checkedAddress } from './address-key.js'
import type { Caller } from './caller.js'
import { type CallSource, callerIfAny, checkScopes, NO_CALLER, verificationOf } from './caller-of.js'
import { type Challenge, createSendChallenge, scopesToAskFor } from './challenge.js'
import { checkOptions } from './check-options.js'
import { isAnonymous, missingToken, readToken } from './credential.js'
import { createNotFound } from './error-handler.js'
import { AuthError, askingFor } from './errors.js'
import { createTokenExchange, type TokenExchange } from './exchange.js'
import { checkFresh } from './fresh.js'
import { checkHeaders } from './header-limits.js'
import { createHostCheck } from './hosts.js'
import type { HttpAnswer, HttpRequest, Transport } from './http-message.js'
import { parseBody } from './json-body.js'
import { checkMessage, idOf } from './json-rpc.js'
import { createMetadataEndpoint, resourceMetadataUrl } from './metadata.js'
import { checkMethod } from './method.js'
import { createOriginCheck, originsOf } from './origins.js'
import { type ProtectOptions, resolveOptions } from './protect-options.js'
import { createPublicTools, type PublicTools } from './public-tools.js'
import { createRateLimit } from './rate-limit.js'
import { type Refusal, refusalOf } from './refusal.js'
import { pathOf, placeOf } from './resource-path.js'
import { createToolScopes, type ToolScopes } from './tool-scopes.js'
import { createTokenVerifier, type TokenVerifier } from './verify-token.js'

/** What the protection decided about a request. */
export type Admission =
  | Admitted
  /** It may go on to the handler without a caller: with `publicTools` only. */
  | ({ readonly outcome: 'public' } & Pick<Admitted, 'message' | 'acceptsOnly'>)
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
export interface ProtectedRequest<Request = IncomingMessage, Answer = ServerResponse> {
  readonly req: Request
  readonly res: Answer
  readonly caller?: Caller | undefined
}

/** Who is known to call, and whether the request may go on; else it has been answered. */
export interface GuardedCaller {
  readonly admitted: boolean
  readonly caller?: Caller | undefined
}

/** The protection of one MCP endpoint, for a server that decides in an order of its own. Nothing is added to its requests. */
export interface Protection<Request, Answer>
  extends Pick<ToolScopes, 'tool'>,
    Pick<TokenExchange, 'onBehalfOf'> {
  /** Where MCP is: mount the handler here. */
  readonly path: string
  readonly resourceMetadataUrl: string
  readonly verifier: TokenVerifier
  /** Answers 404 in JSON, with where MCP is; in an Express app, its last route. */
  readonly notFound: (req: unknown, res: HttpAnswer) => void
  /** The whole protection. Call it for every request. */
  admit(req: Request, res: Answer): Promise<Admission>
  /**
   * For a path outside of the resource: a verified token of this resource with all these scopes, from the caller's minute.
   * A request that was admitted before is asked for the scopes alone.
   * @throws Error where the request was admitted for another resource
   */
  guard(req: Request, res: Answer, scopes: readonly string[]): Promise<GuardedCaller>
  /**
   * Refuses a request that was admitted, after all: its status, and the challenge where one belongs. The challenge of
   * `insufficient_scope` names all that the call needs; before 2026-07-28 what the token has as well.
   */
  challenge(request: ProtectedRequest<Request, Answer>, error: AuthError): Refusal
  /**
   * Takes further points from the minute of the caller, for calls that cost more than others.
   * @returns the refusal when there are not as many left: the request has been answered with 429
   */
  charge(
    request: ProtectedRequest<Request, Answer> & { caller: Caller },
    points: number,
  ): Promise<Refusal | undefined>
  /**
   * For a request that changes something: whether a revocation of its token would be known. Call it before the change.
   * @returns the refusal when the authorization server could not be asked: the request has been answered with 503
   */
  requireFresh(request: ProtectedRequest<Request, Answer> & { caller: Caller }): Refusal | undefined
  close(): void
}

/** The protection of a bare Node server. */
export type NodeProtection = Protection<IncomingMessage, ServerResponse>

/**
 * What every adapter is made of, and a server that decides in an order of its own.
 *
 * @throws TypeError with the option that is missing or not usable, and the form that it must have
 * @example
 * const protection = createProtection(options, nodeTransport)
 * const admission = await protection.admit(req, res)
 * if (admission.outcome === 'admitted') await serve(admission.caller, admission.message)
 * if (admission.outcome === 'elsewhere') protection.notFound(req, res)
 */
export function createProtection<Request extends HttpRequest, Answer extends HttpAnswer>(
  options: ProtectOptions<Request>,
  transport: Transport<Request, Answer>,
): Protection<Request, Answer> {
  type Refused = ProtectedRequest<Request, Answer> & Pick<Known, 'id'>
  checkOptions(options)
  const { path, metadata, verifier: verifierOptions, exchange: exchangeSettings } = resolveOptions(options)
  const { resource, scopes, scopeAliases, sessions = false, responses = sessions } = options
  const methods = sessions ? ['POST', 'GET', 'DELETE'] : ['POST']
  const challenge: Challenge = { resourceMetadataUrl: resourceMetadataUrl(resource), scopes }
  const sendChallenge = createSendChallenge(challenge)
  const verifier = createTokenVerifier(verifierOptions)
  const serveMetadata = createMetadataEndpoint(metadata)
  const checkHost = createHostCheck(resource, options.allowedHosts)
  const checkOrigin = createOriginCheck(options.allowedOrigins ?? originsOf(resource), methods)
  const limits = createRateLimit(resource, options.limits)
  const onWarning = options.onWarning ?? emitWarning
  const { tools, publicTools: publicNames = [] } = options
  const toolScopes = createToolScopes({ tools, publicTools: publicNames, callerHere, miswired })
  const publicTools = publicNames.length > 0 ? createPublicTools(publicNames) : undefined
  const { onBehalfOf } = createTokenExchange({ ...exchangeSettings, callerHere })
  const addressOf = checkedAddress(options.addressOf ?? transport.addressOf)

  /** Everything that happens to every request, in order. @throws AuthError, and fills in what is known until then */
  async function decide(req: Request, res: Answer, known: Known): Promise<Admission> {
    if (serveMetadata(pathOf(req.url), req, res)) return { outcome: 'served' }
    const place = placeOf(req.url, path)
    if (place === 'elsewhere') return { outcome: 'elsewhere' }
    if (place === 'near') throw new AuthError('not_found', `MCP is at ${path}.`)
    checkHeaders(req)
    checkHost(req)
    checkOrigin(req, res)
    if (res.writableEnded) return { outcome: 'served' }
    const token = readToken(req)
    if (token === undefined)
      return publicTools ? decideWithoutToken(req, res, publicTools) : refuseWithoutToken(req, res)
    const caller = await verifier.verify(token)
    known.caller = caller
    checkMethod(req, methods)
    await limits.spend(caller, 1, res)
    if (req.method !== 'POST')
      return { outcome: 'admitted', caller, message: undefined, acceptsOnly: undefined }
    const acceptsOnly = negotiateAnswer(req)
    const message = parseBody(await transport.readBody(req, res))
    known.id = idOf(message)
    checkMessage(message, { responses })
    known.message = message
    toolScopes.check(message, caller)
    answerAsAccepted(res, acceptsOnly, message)
    return { outcome: 'admitted', caller, message, acceptsOnly }
  }

  /** A public tool, or what a client does to find it; everything else needs a token. */
  async function decideWithoutToken(req: Request, res: Answer, tools: PublicTools): Promise<Admission> {
    if (req.method !== 'POST' || !isAnonymous(req)) return refuseWithoutToken(req, res)
    await limits.spendAnonymous(addressOf(req), 1, res)
    const message = await tools.messageIn(() => transport.readBody(req, res))
    if (message === undefined) return refuseWithoutToken(req, res)
    const acceptsOnly = negotiateAnswer(req)
    tools.prepareAnswer(res, acceptsOnly, message)
    return { outcome: 'public', message, acceptsOnly }
  }

  function refuseWithoutToken(req: Request, res: Answer): Admission {
    return { outcome: 'refused', refusal: refuse({ req, res }, missingToken) }
  }

  /** Everything that a guard asks, in order. @throws AuthError, and fills in what is known until then */
  async function authenticate(req: Request, res: Answer, known: Known): Promise<Caller> {
    const token = readToken(req)
    if (token === undefined) throw missingToken
    const caller = await verifier.verify(token)
    known.caller = caller
    await limits.spend(caller, 1, res)
    return caller
  }

  function callerHere(source: CallSource): Caller {
    const caller = callerIfAny(source)
    if (!caller) throw miswired(NO_CALLER)
    const verification = verificationOf(caller)
    if (verification === verifierOptions) return caller
    const audiences = [verification?.audience].flat().join(', ')
    throw miswired(
      `The token of this call was verified for ${audiences}, and not for ${resource}: use the guard and the tools of the mcpAuth that protects the route.`,
    )
  }

  /** A mistake in the app. It is reported as well, because an SDK may show the errors of its handlers to the client only. */
  function miswired(message: string): Error {
    onWarning(message)
    return new Error(message)
  }

  /** A bad credential counts, and may be one too many. */
  async function turnAway(request: Refused, error: unknown): Promise<Refusal> {
    const refused = refusalFor(error)
    if (refused.code === 'server_error' && !options.onRefused) onWarning('A request failed', refused.cause)
    if (refused.code !== 'invalid_token') return refuse(request, refused)
    const counted = limits.countFailure(addressOf(request.req))
    return refuse(request, await counted.then(() => refused, refusalFor))
  }

  function refuse(request: Refused, error: AuthError): Refusal {
    const { req, res, id = null } = request
    const refusal = refusalOf(error, addressOf(req))
    options.onRefused?.(refusal, req)
    const asked = scopesAsked(request, error)
    sendChallenge(res, asked ? askingFor(asked, error) : error, id)
    return refusal
  }

  /** What the challenge asks for, where that depends on the request. */
  function scopesAsked(
    { req, caller }: Refused,
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
    onBehalfOf,
    async admit(req, res) {
      const known: Known = {}
      try {
        return await decide(req, res, known)
      } catch (error) {
        return { outcome: 'refused', refusal: await turnAway({ req, res, ...known }, error), ...known }
      }
    },
    async guard(req, res, needed) {
      const before = callerIfAny(req) && callerHere(req)
      const known: Known = before ? { caller: before } : {}
      try {
        checkScopes(before ?? (await authenticate(req, res, known)), needed)
        return { admitted: true, ...known }
      } catch (error) {
        const asksToSignIn = error instanceof AuthError && error.status === 401 && needed.length > 0
        await turnAway({ req, res, ...known }, asksToSignIn ? askingFor(needed, error) : error)
        return { admitted: false, ...known }
      }
    },
    challenge: refuse,
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
