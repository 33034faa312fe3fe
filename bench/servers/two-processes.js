import cluster from 'node:cluster'
import { fileURLToPath } from 'node:url'

// The program twice behind one port, as PM2 starts it (deploy/pm2).
cluster.setupPrimary({
  exec: fileURLToPath(new URL('../../packages/server/bin/scalekit-mcp.js', import.meta.url)),
  args: ['serve'],
})
cluster.fork()
cluster.fork()
