import express, {
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express'
import type { Coverage, InProcessApi } from './api/index.js'
import { controlRoutes } from './control/control-routes.js'
import { parseFault } from './control/fault.js'
import type { Faults } from './control/faults.js'
import type { Snapshots } from './control/snapshots.js'
import { lazyHandler } from './http/lazy-handler.js'
import type { OwnAddress } from './http/replay-request.js'
import { reportFailure } from './http/report-failure.js'
import type { RequestLog } from './http/request-log.js'
import type { OAuthContext } from './oauth/server/oauth-context.js'
import { seedState } from './seed/state.js'
import type { MovableClock } from './storage/clock.js'
import { DatabaseUnavailable } from './storage/local-error.js'

export interface HttpAppParts {
  context: OAuthContext
  clock: MovableClock
  faults: Faults
  snapshots: Snapshots
  log: RequestLog
  /** The management API, which finds the realm in the path by itself. */
  management: RequestHandler
  coverage(): Promise<Coverage>
  /** The management API for the dashboard. */
  api(): Promise<InProcessApi>
  reset(): Promise<void>
  /** What tools and the dashboard need, where other machines reach this environment. */
  token: string | undefined
  address: OwnAddress
}

/** Everything that is served over HTTP/1.1, in the order in which a request is matched. */
export function createHttpApp({ management, ...parts }: HttpAppParts): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  const { database, clock } = parts.context
  app.use('/__local', controlRoutes({ ...parts, state: seedState(database, clock) }))
  // Most of the code, with oidc-provider: a start without it holds 30 MB less.
  app.use(
    lazyHandler(async () => {
      await import('./oauth/server/load-provider.js')
      const { siteRoutes } = await import('./site-routes.js')
      const { faults, ...others } = parts
      return siteRoutes({
        ...others,
        faults: { ...faults, add: (fault) => faults.add(parseFault(fault)) },
      })
    }),
  )
  app.use(management)
  app.use((_request, response) => {
    response.status(404).json({ error: 'not_found', error_description: 'Nothing is served at this address.' })
  })
  app.use(renderFailure)
  return app
}

/** What nobody handled: the caller learns that it failed and nothing else. */
function renderFailure(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  if (response.headersSent) {
    next(error)
    return
  }
  const refused =
    error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500
  if (refused) {
    response
      .status(Number(error.status))
      .json({ error: 'invalid_request', error_description: 'The request could not be read.' })
  } else {
    reportFailure(error)
    if (error instanceof DatabaseUnavailable) {
      const error_description = 'The database is unavailable. Try the request again.'
      response
        .status(503)
        .set('Retry-After', '1')
        .json({ error: 'temporarily_unavailable', error_description })
      return
    }
    const error_description = 'Something failed here. The request may be tried again.'
    response.status(500).json({ error: 'server_error', error_description })
  }
}
