import { json, type NextFunction, type Request, type RequestHandler, type Response, Router } from 'express'
import type { RequestLog } from '../http/request-log.js'
import type { MovableClock } from '../storage/clock.js'
import { DatabaseUnavailable, LocalError } from '../storage/local-error.js'
import { hashSecret, secretMatches } from '../storage/secret-hash.js'
import { clockRoutes } from './clock-routes.js'
import { connectedAccountRoutes } from './connected-account-routes.js'
import type { ControlContext } from './control-context.js'
import { dnsRoutes } from './dns-routes.js'
import { faultRoutes } from './fault-routes.js'
import type { Faults } from './faults.js'
import { interceptorRoutes } from './interceptor-routes.js'
import { mintToken } from './mint-token.js'
import { outboxRoutes } from './outbox-routes.js'
import { snapshotRoutes } from './snapshot-routes.js'
import type { Snapshots } from './snapshots.js'
import { type State, stateRoutes } from './state-routes.js'
import { userManagementRoutes } from './user-management-routes.js'
import { userVerificationRoutes } from './user-verification-routes.js'
import { webhookRoutes } from './webhook-routes.js'

export interface Control {
  context: ControlContext
  clock: MovableClock
  faults: Faults
  snapshots: Snapshots
  log: RequestLog
  /** Back to the seed, with nothing left of what was tried. */
  reset(): Promise<void>
  /** Which methods of the API are served. */
  coverage(): Promise<object>
  state: State
  /** What tools send, where other machines reach this environment. */
  token: string | undefined
}

/**
 * What tests and tools do to a local environment, under `/__local/`. It can become anybody, so no web page may
 * reach it: a page can neither set the header without asking first, nor hide its origin.
 */
export function controlRoutes({
  context,
  clock,
  faults,
  snapshots,
  log,
  reset,
  coverage,
  state,
  token,
}: Control): Router {
  const router = Router()
  router.use(onlyTools(token))
  router.get('/health', (_request, response) => {
    response.json({ status: 'healthy', timestamp: new Date().toISOString(), url: context.baseUrl })
  })
  router.post('/tokens', json(), async (request, response) => {
    response.json(await mintToken(context, request.body ?? {}))
  })
  router.get('/requests', (_request, response) => {
    response.json({ requests: log.list() })
  })
  router.post('/reset', async (_request, response) => {
    await reset()
    response.json({ status: 'reset' })
  })
  router.use('/state', stateRoutes(state))
  router.use('/faults', faultRoutes(faults))
  router.use('/clock', clockRoutes(clock))
  router.use('/outbox', outboxRoutes(context.outbox))
  router.use('/dns', dnsRoutes(context.dns))
  router.use('/interceptors', interceptorRoutes(context))
  router.use('/user-management', userManagementRoutes(context))
  router.use('/user-verification', userVerificationRoutes(context))
  router.use('/connected-accounts', connectedAccountRoutes(context))
  router.use('/webhooks', webhookRoutes(context))
  router.use('/snapshots', snapshotRoutes(snapshots))
  router.get('/coverage', async (_request, response) => {
    response.json(await coverage())
  })
  router.use((_request, response) => {
    response
      .status(404)
      .json({ code: 'not_found', message: 'There is no such control. See GET /__local/health.' })
  })
  router.use(renderError)
  return router
}

const onlyTools =
  (token: string | undefined): RequestHandler =>
  (request, response, next) => {
    const sent = request.headers['x-scalekit-local']
    response.set('Cache-Control', 'no-store')
    // Fetch Metadata: what a browser sends by itself for a page names the page's site; a tool's request has none.
    const page =
      request.headers.origin !== undefined || (request.headers['sec-fetch-site'] ?? 'none') !== 'none'
    if (page) {
      response
        .status(403)
        .json({ code: 'forbidden', message: 'Web pages may not control the local environment.' })
    } else if (token !== undefined && !secretMatches(String(sent), [hashSecret(token)])) {
      const message = 'Send the token of this environment (LOCAL_TOKEN) in the header x-scalekit-local.'
      response.status(403).json({ code: 'forbidden', message })
    } else if (token === undefined && sent !== '1') {
      response.status(403).json({ code: 'forbidden', message: 'Send the header x-scalekit-local: 1.' })
    } else next()
  }

function renderError(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  if (error instanceof DatabaseUnavailable) next(error)
  else if (error instanceof LocalError) {
    response.status(error.code === 'not_found' ? 404 : 400).json({ code: error.code, message: error.message })
  } else if (
    error instanceof Error &&
    'status' in error &&
    typeof error.status === 'number' &&
    error.status < 500
  ) {
    response
      .status(error.status)
      .json({ code: 'request_invalid', message: 'The body is not what it says it is.' })
  } else next(error)
}
