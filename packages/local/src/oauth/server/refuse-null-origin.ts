import type { RequestHandler } from 'express'
import { refuse } from './refuse.js'

/** What pages of other origins may call: all that answers with CORS headers. */
const CORS =
  /\/(oauth\/(token|introspect|revoke|register)|keys|userinfo|clients:register)\/?$|\/\.well-known\//i

/**
 * Refuses the opaque origin `null` where other origins are served: it is that of sandboxed frames, `data:` URLs and
 * files, of anybody (Fetch, section 3.3.5: `null` is not an origin to allow).
 */
export const refuseNullOrigin: RequestHandler = (request, response, next) => {
  if (request.headers.origin !== 'null' || !CORS.test(request.path)) return next()
  refuse(response, 403, 'invalid_request', 'The origin null is not allowed.')
}
