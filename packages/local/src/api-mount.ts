import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Coverage, InProcessApi, Management, ManagementOptions } from './api/index.js'
import { lazyHandler } from './http/lazy-handler.js'

type Next = (error?: unknown) => void
type Incoming = IncomingMessage | Http2ServerRequest
type Outgoing = ServerResponse | Http2ServerResponse

export interface MountedApi {
  http1(request: IncomingMessage, response: ServerResponse, next: Next): void
  http2(request: Http2ServerRequest, response: Http2ServerResponse, next: Next): void
  coverage(): Promise<Coverage>
  /** For other parts of this process. */
  inProcess(): Promise<InProcessApi>
}

const REALM = /^\/(workspace|env_\d+)(\/.*)$/
const RPC = /^\/scalekit\.v1\.[\w.]+\/\w+(\?|$)/
const REST = /^\/(api\/v1\/|\.well-known\/webauthn(\?|$))/

/**
 * Where the management API answers: at the root, under the workspace and under every environment; the realm
 * of the path goes along as `request.realm`. RPCs (gRPC, gRPC-web, Connect) and REST reach the same handlers,
 * which the first call loads and makes: descriptors and handlers are large.
 */
export function mountApi(options: ManagementOptions): MountedApi {
  let loading: Promise<Management> | undefined
  const management = () => {
    loading ??= import('./api/index.js').then(({ createManagement }) => createManagement(options))
    return loading
  }
  const grpc = lazyHandler<Incoming, Outgoing>(async () => (await management()).grpc)
  const rest = lazyHandler<IncomingMessage, ServerResponse>(async () => (await management()).rest)
  return {
    http1(request, response, next) {
      const url = enterRealm(request)
      if (RPC.test(url)) grpc(request, response, next)
      else if (REST.test(url)) rest(request, response, next)
      else next()
    },
    http2(request, response, next) {
      if (RPC.test(enterRealm(request))) grpc(request, response, next)
      else next()
    },
    coverage: async () => (await management()).coverage,
    inProcess: async () => (await management()).inProcess,
  }
}

function enterRealm(request: Incoming): string {
  const url = request.url ?? '/'
  const [, realm, rest] = REALM.exec(url) ?? []
  if (rest === undefined || !(RPC.test(rest) || REST.test(rest))) return url
  Object.assign(request, { realm, url: rest })
  return rest
}
