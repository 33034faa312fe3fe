import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Management } from './management/index.js'

type Handler = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void
type Http2Handler = (request: Http2ServerRequest, response: Http2ServerResponse, next: () => void) => void

const REALM = /^\/(workspace|env_\d+)(\/.*)$/
const RPC = /^\/scalekit\.v1\.[\w.]+\/\w+(\?|$)/
const REST = /^\/api\/v1\//

/**
 * Where the management API answers: at the root, under the workspace and under every environment; the realm
 * of the path goes along as `request.realm`. RPCs (gRPC, gRPC-web, Connect) and REST reach the same handlers.
 */
export function mountManagement(management: Management): { http1: Handler; http2: Http2Handler } {
  return {
    http1(request, response, next) {
      const url = enterRealm(request)
      if (RPC.test(url)) return management.grpc(request, response, next)
      if (REST.test(url)) return management.rest(request, response, next)
      next()
    },
    http2(request, response, next) {
      if (RPC.test(enterRealm(request))) return management.grpc(request, response, next)
      next()
    },
  }
}

function enterRealm(request: IncomingMessage | Http2ServerRequest): string {
  const url = request.url ?? '/'
  const [, realm, rest] = REALM.exec(url) ?? []
  if (rest === undefined || !(RPC.test(rest) || REST.test(rest))) return url
  Object.assign(request, { realm, url: rest })
  return rest
}
