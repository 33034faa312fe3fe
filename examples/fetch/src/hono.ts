import { serve } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import { Hono } from 'hono'
import { createApp } from './app.ts'

const addresses = new WeakMap<Request, string>()
const mcp = createApp(process.env, (request) => addresses.get(request) ?? '')

const app = new Hono()
app.get('/health', (c) => c.json({ status: 'healthy' }))
// The MCP endpoint, the resource metadata, and 404 for everything else.
app.all('*', (c) => {
  addresses.set(c.req.raw, getConnInfo(c).remote.address ?? '')
  return mcp(c.req.raw)
})

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT ?? 3003) }, ({ port }) =>
  process.stdout.write(`listening on ${port}\n`),
)
