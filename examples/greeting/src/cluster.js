import cluster from 'node:cluster'
import { availableParallelism } from 'node:os'
import { RateLimiterClusterMaster } from 'rate-limiter-flexible'
import { readSettings } from './settings.js'

// One process per processor on one port. The primary keeps the limits that the others share.

if (cluster.isPrimary) {
  readSettings(process.env)
  new RateLimiterClusterMaster()
  const workers = Number(process.env.WORKERS ?? availableParallelism())
  for (let count = 0; count < workers; count++) cluster.fork()
  cluster.on('exit', (_worker, code) => {
    if (code !== 0) cluster.fork()
  })
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => cluster.disconnect(() => process.exit()))
  }
} else {
  await import('./main.js')
}
