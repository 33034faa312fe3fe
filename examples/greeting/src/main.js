import cluster from 'node:cluster'
import { createHttpServer } from '@scalekit-mcp/auth'
import { RateLimiterCluster } from 'rate-limiter-flexible'
import { createApp } from './app.js'
import { readSettings } from './settings.js'

// The server for a real Scalekit environment: one process, or one of a cluster.

const settings = readSettings(process.env)
const app = createApp({ ...settings, limits: { ...settings.limits, ...sharedLimits() } })
const server = createHttpServer(app).listen(Number(process.env.PORT ?? 3003))
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => server.close(() => process.exit()))
}

function sharedLimits() {
  if (!cluster.isWorker) return {}
  /** @param {import('@scalekit-mcp/auth').LimiterOptions} options */
  const createLimiter = (options) => new RateLimiterCluster({ ...options, timeoutMs: 3000 })
  return { createLimiter }
}
