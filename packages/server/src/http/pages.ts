import { errorHandler, notFound, type Protection } from '@scalekit-mcp/auth'
import express, { type Express, type RequestHandler } from 'express'
import { serveIcon } from '../icons.js'
import { version } from '../version.js'

export interface PagesOptions {
  readonly protection: Protection
  /** False while the server stops: `/ready` answers 503, so that no new request is sent here. */
  readonly accepting: () => boolean
  /** Whether the API answers: told, and no reason to be unready. */
  readonly reachable: () => Promise<boolean>
  /** Likewise, where replicas share one. */
  readonly redis?: (() => 'connected' | 'unreachable') | undefined
  readonly onFailure: (error: unknown) => void
}

/** What is public beside MCP: health, readiness, icons. */
export function createPages(options: PagesOptions): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('query parser', false)
  app.enable('strict routing')
  app.enable('case sensitive routing')
  app.get(['/health', '/healthz'], (_, res) => {
    res.set('cache-control', 'no-store')
    res.json({ status: 'healthy', timestamp: new Date().toISOString(), version })
  })
  app.get('/ready', ready(options))
  app.use(serveIcon, notFound, errorHandler(options.onFailure))
  return app
}

/** Readiness: the keys of the issuer are here, and the server is not stopping. What else it depends on is told. */
function ready({ protection, accepting, reachable, redis }: PagesOptions): RequestHandler {
  return async (_, res) => {
    const keys = await protection.verifier.ready().then(
      () => true,
      () => false,
    )
    res.set('cache-control', 'no-store')
    res.status(keys && accepting() ? 200 : 503).json({
      ready: keys && accepting(),
      checks: { keys, accepting: accepting() },
      details: {
        api: (await reachable()) ? 'reachable' : 'unreachable',
        ...(redis ? { redis: redis() } : {}),
      },
    })
  }
}
