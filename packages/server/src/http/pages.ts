import { errorHandler, notFound, type Protection } from '@scalekit-mcp/auth'
import express, { type Express, type RequestHandler } from 'express'
import { serveIcon } from '../icons.js'
import { version } from '../version.js'

export interface PagesOptions {
  readonly protection: Protection
  /** False while the server stops: `/ready` answers 503, so that no new request is sent here. */
  readonly accepting: () => boolean
  readonly onFailure: (error: unknown) => void
}

/** What is public beside MCP: health, readiness, icons. */
export function createPages({ protection, accepting, onFailure }: PagesOptions): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('query parser', false)
  app.enable('strict routing')
  app.enable('case sensitive routing')
  app.get(['/health', '/healthz'], (_, res) => {
    res.set('cache-control', 'no-store')
    res.json({ status: 'healthy', timestamp: new Date().toISOString(), version })
  })
  app.get('/ready', ready(protection, accepting))
  app.use(serveIcon, notFound, errorHandler(onFailure))
  return app
}

/** Readiness: the keys of the issuer are here, and the server is not stopping. */
function ready(protection: Protection, accepting: () => boolean): RequestHandler {
  return async (_, res) => {
    const keys = await protection.verifier.ready().then(
      () => true,
      () => false,
    )
    res.set('cache-control', 'no-store')
    res.status(keys && accepting() ? 200 : 503).json({
      ready: keys && accepting(),
      checks: { keys, accepting: accepting() },
    })
  }
}
