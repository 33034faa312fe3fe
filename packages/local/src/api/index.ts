import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { type ConnectRouter, createRouterTransport, type Interceptor } from '@connectrpc/connect'
import { connectNodeAdapter } from '@connectrpc/connect-node'
import { createTranscoder, type RestHandler, refuseUndefined, services } from '@scalekit-mcp/api'
import type { Store } from '../domain/store.js'
import type { Authenticate } from '../domain/tokens/principal.js'
import { type Coverage, coverageOf } from './coverage.js'
import { createHandlers } from './handlers.js'
import { createInProcessApi, type InProcessApi } from './in-process.js'
import { actAsEnvironment } from './interceptors/act-as-environment.js'
import { askBeforeInvitation } from './interceptors/ask-before-invitation.js'
import { authorize } from './interceptors/authorize.js'
import { chooseEnvironment } from './interceptors/choose-environment.js'
import { confineSession } from './interceptors/confine-session.js'
import { fillConnection } from './interceptors/fill-connection.js'
import { recordChanges } from './interceptors/record-changes.js'
import { recordEvents } from './interceptors/record-events.js'
import { refuseFields } from './interceptors/refuse-fields.js'
import { typeErrors } from './interceptors/type-errors.js'
import { validateRequest } from './interceptors/validate-request.js'
import { requestRealm } from './request-context.js'

export type { Authenticate, Principal } from '../domain/tokens/principal.js'
export type { Coverage } from './coverage.js'
export type { InProcessApi } from './in-process.js'

export interface ManagementOptions extends Store {
  readonly authenticate: Authenticate
}

/** The realm that the listener found in the path and took from it; undefined at the root. */
type WithRealm = { realm?: string }
type GrpcRequest = (IncomingMessage | Http2ServerRequest) & WithRealm
type GrpcResponse = ServerResponse | Http2ServerResponse

export interface Management {
  /** Serves `/api/v1/…`; other paths go to `next`. */
  readonly rest: (
    req: IncomingMessage & WithRealm,
    res: ServerResponse,
    next: Parameters<RestHandler>[2],
  ) => void
  /** Serves gRPC, gRPC-web and Connect at `/scalekit.v1.…`; other paths go to `next`, or answer 404. */
  readonly grpc: (req: GrpcRequest, res: GrpcResponse, next?: () => void) => void
  readonly coverage: Coverage
  /** The same handlers, for other parts of this process. */
  readonly inProcess: InProcessApi
}

/**
 * The management API: one set of handlers behind one set of interceptors, over four protocols.
 * A call passes, in this order: who may call, which environment, names and values that the API does not define,
 * fields that are not supported, the rules of its request, what a session reaches, the history and the events of what
 * it changes, its handler.
 */
export function createManagement({ authenticate, ...store }: ManagementOptions): Management {
  const handlers = createHandlers(store)
  const routes = (router: ConnectRouter) => {
    for (const served of handlers) served.register(router)
  }
  const calledBy = (caller: Interceptor) => [
    typeErrors,
    caller,
    chooseEnvironment(store),
    refuseUndefined,
    refuseFields(),
    fillConnection,
    validateRequest(),
    confineSession(store),
    recordChanges(store),
    recordEvents(store),
    askBeforeInvitation(store),
  ]
  const interceptors = calledBy(authorize(authenticate, store))
  const transcode = createTranscoder({
    services,
    transport: createRouterTransport(routes, { router: { interceptors } }),
  })
  const adapter = connectNodeAdapter({ routes, interceptors, jsonOptions: { ignoreUnknownFields: false } })
  const paths = new Set(
    services.flatMap(({ typeName, methods }) => methods.map(({ name }) => `/${typeName}/${name}`)),
  )
  return {
    rest: (req, res, next) => requestRealm.run(req.realm, () => transcode(req, res, next)),
    grpc(req, res, next) {
      const [path = ''] = (req.url ?? '').split('?', 1)
      if (next && !paths.has(path)) next()
      else requestRealm.run(req.realm, () => adapter(req, res))
    },
    coverage: coverageOf(handlers),
    inProcess: createInProcessApi(routes, calledBy(actAsEnvironment)),
  }
}
