import cluster from 'node:cluster'
import type { AddressInfo } from 'node:net'
import { createHttpServer, protect } from '@scalekit-mcp/auth'
import express from 'express'
import { RateLimiterCluster, RateLimiterClusterMaster } from 'rate-limiter-flexible'

// Two workers on one port, as PM2 runs them. The primary keeps the limits, which the workers share.

const { ISSUER = '', PER_MINUTE = '' } = process.env

if (cluster.isPrimary) {
  new RateLimiterClusterMaster()
  let listening = 0
  cluster.on('message', (_worker, message) => {
    if (message?.ready && ++listening === 2) process.send?.({ port: message.ready })
  })
  process.on('disconnect', () => process.exit())
  cluster.fork()
  cluster.fork()
} else {
  const app = express()
  const server = createHttpServer(app)
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    const protection = protect(app, {
      resource: `http://127.0.0.1:${port}/mcp`,
      issuers: [ISSUER],
      scopes: [],
      limits: {
        perMinute: Number(PER_MINUTE),
        createLimiter: (options) => new RateLimiterCluster({ ...options, timeoutMs: 3000 }),
      },
    })
    app.post(protection.path, (_req, res) => void res.json({ worker: process.pid }))
    process.send?.({ ready: port })
  })
}
