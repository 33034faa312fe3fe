import type { IncomingMessage, ServerResponse } from 'node:http'
import { authInfoOf } from './auth-info.js'
import type { Caller } from './caller.js'
import { callerIfAny, callerOf } from './caller-of.js'
import { checkGuardScopes } from './check-options.js'
import { AuthError } from './errors.js'
import type { ErrorMiddleware, Middleware } from './middleware.js'
import { nodeTransport } from './node-transport.js'
import { type Admission, createProtection, type NodeProtection } from './protect.js'
import type { ProtectOptions } from './protect-options.js'

/**
 * Middleware that protects one MCP endpoint, and what its app needs of it. Handlers find the verified caller with
 * `callerOf(req)` and the parsed message in `req.body`.
 */
export interface McpAuth
  extends Middleware,
    Pick<
      NodeProtection,
      'path' | 'resourceMetadataUrl' | 'verifier' | 'notFound' | 'tool' | 'onBehalfOf' | 'close'
    > {
  /**
   * Middleware for other routes of the same app, and for the MCP route: lets callers with all these scopes through, each under any
   * of its names, and answers 401 or 403 with the challenge for everyone else.
   *
   * @throws TypeError for what is not a scope
   * @example app.get('/report', auth.guard('report:read'), (req, res) => res.json(callerOf(req).subject))
   */
  guard(...scopes: string[]): Middleware
  /**
   * Error handler that answers an `AuthError` of a route with its status and challenge: of `requireScopes`, or
   * `invalidToken(…)` where a service behind this server refuses the token. Other errors go on to the next one.
   *
   * @example app.use(auth.notFound, auth.challenge, errorHandler((error) => log.error(error)))
   */
  readonly challenge: ErrorMiddleware
  /**
   * Takes further points from the minute of the request's caller, for calls that cost more than others.
   * @returns false when there are not as many left: the request has been answered with 429
   * @throws Error when neither this middleware nor a guard is in front of the handler, and for a call without a token
   */
  charge(req: IncomingMessage, res: ServerResponse, points: number): Promise<boolean>
  /**
   * For a request that changes something: whether a revocation of its token would be known. Call it before the change.
   * @returns false when the authorization server could not be asked: the request has been answered with 503
   * @throws Error when neither this middleware nor a guard is in front of the handler, and for a call without a token
   */
  requireFresh(req: IncomingMessage, res: ServerResponse): boolean
}

/**
 * Protects one MCP endpoint with OAuth 2.1 access tokens, as middleware of Express 4 and 5 or of a Node server. It serves the
 * resource metadata and leaves everything outside of the resource's path to the app. Mount it at the root of the app, before any body
 * parser, then mount the handler.
 *
 * @throws TypeError with the option that is missing or not usable, and the form that it must have
 * @example
 * const auth = mcpAuth({
 *   resource: 'https://mcp.example.com/mcp',
 *   scalekit: { environmentUrl: 'https://acme.scalekit.com', resourceId: 'res_…' },
 *   scopes: ['todo:read'],
 *   tools: { list_todos: ['todo:read'], add_todo: ['todo:read', 'todo:write'] },
 * })
 * app.use(auth)
 * app.post(auth.path, handler)
 */
export function mcpAuth(options: ProtectOptions): McpAuth {
  const { admit, guard, challenge, charge, requireFresh, ...members } = createProtection(
    options,
    nodeTransport,
  )

  const protection: Middleware = (req, res, next) => {
    const mistake = mountMistake(req)
    if (mistake !== undefined) return next(new Error(mistake))
    res.removeHeader('X-Powered-By')
    return admit(req, res).then((admission) => {
      if ('caller' in admission) putCaller(req, admission.caller)
      if ('message' in admission && admission.message !== undefined) putBody(req, admission.message)
      const mistake =
        admission.outcome === 'elsewhere' ? routeMistake(req, protection, members.path) : undefined
      if (mistake !== undefined) return next(new Error(mistake))
      if (GOES_ON.has(admission.outcome)) next()
    }, next)
  }

  return Object.assign(protection, {
    ...members,
    guard(...scopes: string[]): Middleware {
      checkGuardScopes(scopes)
      return (req, res, next) =>
        guard(req, res, scopes).then(({ admitted, caller }) => {
          putCaller(req, caller)
          if (admitted) next()
        }, next)
    },
    // Express tells error handlers by their four parameters.
    challenge(error: unknown, req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) {
      if (!(error instanceof AuthError) || res.headersSent) return next(error)
      challenge({ req, res, caller: callerIfAny(req) }, error)
    },
    charge: async (req: IncomingMessage, res: ServerResponse, points: number) =>
      !(await charge({ req, res, caller: callerOf(req) }, points)),
    requireFresh: (req: IncomingMessage, res: ServerResponse) =>
      !requireFresh({ req, res, caller: callerOf(req) }),
  })
}

/** The outcomes after which the app answers. */
const GOES_ON: ReadonlySet<Admission['outcome']> = new Set(['admitted', 'public', 'elsewhere'])

/** What an app of Express is, as far as `protect` needs it. */
interface App {
  use(middleware: Middleware): unknown
}

/**
 * The short form of `mcpAuth` and `app.use`.
 *
 * @throws TypeError as `mcpAuth`
 * @example
 * const auth = protect(app, { resource, scalekit, scopes, tools })
 * app.post(auth.path, handler)
 */
export function protect(app: App, options: ProtectOptions): McpAuth {
  if (typeof app?.use !== 'function') {
    throw new TypeError('Give the Express app first: protect(app, { resource, scalekit, scopes, tools })')
  }
  const auth = mcpAuth(options)
  app.use(auth)
  return auth
}

/** A router below a path takes the path away: the resource would not be recognized, and nothing would be protected. */
function mountMistake({ baseUrl }: IncomingMessage & { baseUrl?: string }): string | undefined {
  if (!baseUrl) return undefined
  return `mcpAuth is mounted at ${baseUrl}: mount it at the root of the app, app.use(mcpAuth({ ... })). It finds its path by itself.`
}

/** A route of Express, and what it calls in turn; with a method, for that one only. */
interface Route {
  readonly path?: unknown
  readonly stack?: readonly { readonly handle?: unknown; readonly method?: string }[]
}

/** What the middleware leaves to the app would reach the handler behind it in another route, without a token. */
function routeMistake(
  { route }: IncomingMessage & { route?: Route },
  protection: Middleware,
  path: string,
): string | undefined {
  const layers = route?.stack ?? []
  const isBefore = ({ method }: (typeof layers)[number], at: number) =>
    layers
      .slice(at)
      .some((next) => next.handle !== protection && (next.method ?? method) === (method ?? next.method))
  if (!layers.some((layer, at) => layer.handle === protection && isBefore(layer, at))) return undefined
  return `mcpAuth protects ${path} and not the route ${route?.path}: put auth.guard() there instead.`
}

/** `req.auth` is what the MCP SDKs hand on to their handlers. */
function putCaller(req: IncomingMessage & { auth?: unknown }, caller: Caller | undefined): void {
  if (caller) req.auth = authInfoOf(caller)
}

function putBody(req: IncomingMessage & { body?: unknown }, message: unknown): void {
  req.body = message
}
