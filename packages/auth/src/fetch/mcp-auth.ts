import { type AuthInfo, authInfoOf } from '../auth-info.js'
import type { Caller } from '../caller.js'
import { callerOf } from '../caller-of.js'
import { checkGuardScopes, checkOptions } from '../check-options.js'
import { AuthError } from '../errors.js'
import { hasMethods } from '../option-forms.js'
import { createProtection, type Protection } from '../protect.js'
import type { ProtectOptions } from '../protect-options.js'
import { FetchAnswer } from './fetch-answer.js'
import { FetchRequest, fetchTransport } from './fetch-request.js'

/**
 * What is known of a request that may go on: the second argument of a handler. `callerOf(call)` reads the caller, and the
 * handler of the MCP SDK takes it as it is.
 */
export interface FetchCall {
  /** Undefined for a call without a token, which only `publicTools` lets through. */
  readonly authInfo?: AuthInfo
  /** The JSON-RPC message. */
  readonly parsedBody?: unknown
}

export type FetchHandler = (request: Request, call: FetchCall) => Response | Promise<Response>
/** What Workers, Deno, Bun, Hono and Next.js call for a request. */
export type Fetch = (request: Request) => Promise<Response>

/** The protection of one MCP endpoint on the Fetch API, and what its app needs of it. */
export interface FetchMcpAuth
  extends Pick<
    Protection<FetchRequest, FetchAnswer>,
    'path' | 'resourceMetadataUrl' | 'verifier' | 'tool' | 'onBehalfOf' | 'close'
  > {
  /**
   * Serves the MCP endpoint by this handler, and the resource metadata. An `AuthError` that the handler throws is answered with its
   * status and challenge; other errors go to the runtime.
   *
   * @param elsewhere answers what is not about the resource. Default: 404 that says where MCP is
   * @example export default { fetch: auth.protect((request, call) => mcp.fetch(request, call)) }
   */
  protect(handler: FetchHandler, elsewhere?: (request: Request) => Response | Promise<Response>): Fetch
  /**
   * Protects other routes: lets callers with all these scopes through, each under any of its names, and answers 401 or 403 with
   * the challenge for everyone else.
   *
   * @throws TypeError for what is not a scope
   * @example app.get('/report', (c) => report(c.req.raw))
   * const report = auth.guard('report:read')((request, call) => Response.json(callerOf(call).subject))
   */
  guard(...scopes: string[]): (handler: FetchHandler) => Fetch
  /** 404 in JSON, with where MCP is. */
  notFound(): Response
  /**
   * Takes further points from the minute of the caller, for calls that cost more than others.
   * @returns 429 when there are not as many left: answer with it
   * @throws Error for a call without a token, and for one of another protection
   */
  charge(call: FetchCall, points: number): Promise<Response | undefined>
  /**
   * For a request that changes something: whether a revocation of its token would be known. Call it before the change.
   * @returns 503 when the authorization server could not be asked: answer with it
   * @throws Error for a call without a token, and for one of another protection
   */
  requireFresh(call: FetchCall): Response | undefined
}

/**
 * Protects one MCP endpoint with OAuth 2.1 access tokens, on any runtime with the Fetch API.
 *
 * @throws TypeError with the option that is missing or not usable, and the form that it must have
 * @example
 * const auth = mcpAuth({
 *   resource: 'https://mcp.example.com/mcp',
 *   scalekit: { environmentUrl: 'https://acme.scalekit.com', resourceId: 'res_…' },
 *   scopes: ['todo:read'],
 *   tools: { list_todos: ['todo:read'] },
 *   addressOf: (request) => request.headers.get('cf-connecting-ip') ?? '',
 * })
 * export default { fetch: auth.protect((request, call) => mcp.fetch(request, call)) }
 */
export function mcpAuth(options: ProtectOptions<Request>): FetchMcpAuth {
  checkOptions(options)
  const protection = createProtection(ofRequests(options), fetchTransport)
  const { path, resourceMetadataUrl, verifier, tool, onBehalfOf, close } = protection
  const requests = new WeakMap<FetchCall, Here>()

  /** Hands a request to a handler, and answers what it refuses. */
  async function handOver(here: Here, message: unknown, handler: FetchHandler): Promise<Response> {
    const { req, res, caller } = here
    const call: FetchCall = {
      ...(caller && { authInfo: authInfoOf(caller) }),
      ...(message !== undefined && { parsedBody: message }),
    }
    requests.set(call, here)
    try {
      const response: unknown = await handler(req.forHandler(), call)
      if (!isResponse(response)) throw new Error(NO_RESPONSE)
      return await res.answerWith(response, req.request.signal)
    } catch (error) {
      if (!(error instanceof AuthError)) throw error
      // Nothing of the handler is sent any more: not what it would have been converted to either.
      const answer = new FetchAnswer()
      protection.challenge({ ...here, res: answer }, error)
      return answer.toResponse()
    }
  }

  function notFound(): Response {
    const res = new FetchAnswer()
    protection.notFound(undefined, res)
    return res.toResponse()
  }

  function hereOf(call: FetchCall): Here & { caller: Caller } {
    const caller = callerOf(call)
    const here = requests.get(call)
    if (!here)
      throw new Error('This call is not one of this mcpAuth: give the second argument of its handler.')
    return { ...here, caller, res: new FetchAnswer() }
  }

  return {
    path,
    resourceMetadataUrl,
    verifier,
    tool,
    onBehalfOf,
    close,
    notFound,
    protect(handler, elsewhere = notFound) {
      checkHandler(handler, 'auth.protect((request, call) => mcp.fetch(request, call))')
      checkHandler(elsewhere, 'auth.protect(handler, (request) => auth.notFound())')
      return async (request) => {
        const [req, res] = [new FetchRequest(request), new FetchAnswer()]
        const admission = await protection.admit(req, res)
        if (admission.outcome === 'elsewhere') return elsewhere(request)
        if (admission.outcome === 'refused' || admission.outcome === 'served') return res.toResponse()
        const caller = 'caller' in admission ? admission.caller : undefined
        return handOver({ req, res, caller }, admission.message, handler)
      }
    },
    guard(...scopes) {
      checkGuardScopes(scopes)
      return (handler) => {
        checkHandler(handler, 'auth.guard(scope)((request, call) => Response.json(callerOf(call).subject))')
        return async (request) => {
          const [req, res] = [new FetchRequest(request), new FetchAnswer()]
          const { admitted, caller } = await protection.guard(req, res, scopes)
          return admitted ? handOver({ req, res, caller }, undefined, handler) : res.toResponse()
        }
      }
    },
    async charge(call, points) {
      const here = hereOf(call)
      return (await protection.charge(here, points)) && here.res.toResponse()
    },
    requireFresh(call) {
      const here = hereOf(call)
      return protection.requireFresh(here) && here.res.toResponse()
    },
  }
}

const NO_RESPONSE =
  'The handler returned no Response: return what the MCP server answers, (request, call) => mcp.fetch(request, call)'

/** Not by its class: a polyfill or another realm may have made it. */
const isResponse = (value: unknown): value is Response =>
  typeof Object(value).status === 'number' && hasMethods(Object(value).headers, 'get')

function checkHandler(handler: unknown, example: string): void {
  if (typeof handler === 'function') return
  throw new TypeError(`The handler must be a function: ${example}`)
}

interface Here {
  readonly req: FetchRequest
  readonly res: FetchAnswer
  readonly caller: Caller | undefined
}

/** The same options, with callbacks that get the request of the Fetch API. */
function ofRequests({ scopesFor, addressOf, onRefused, ...options }: ProtectOptions<Request>) {
  const own: ProtectOptions<FetchRequest> = {
    ...options,
    ...(scopesFor && { scopesFor: ({ request }) => scopesFor(request) }),
    ...(addressOf && { addressOf: ({ request }) => addressOf(request) }),
    ...(onRefused && { onRefused: (refusal, { request }) => onRefused(refusal, request) }),
  }
  return own
}
