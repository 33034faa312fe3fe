import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { errorHandler, mcpAuth, requestLog } from '@scalekit-mcp/auth'
import express, { type Express } from 'express'
import helmet from 'helmet'
import { type Logger, pino } from 'pino'
import type { Config } from './config.js'
import { createOrganizations } from './organizations.js'
import { adminAction } from './tools/admin-action.js'
import { getOrgData } from './tools/get-org-data.js'
import { greetUser } from './tools/greet-user.js'

/** The scopes that a call of each tool needs. A tool that is not in this table cannot be called. */
const tools = {
  greet_user: { scopes: [], readOnly: true },
  get_org_data: { scopes: [], readOnly: true },
  admin_action: { scopes: ['admin'] },
}

/** The whole server as an Express app. It listens to nothing. */
export function createApp(config: Config, log: Logger = pino({ level: config.logLevel })): Express {
  const organizations = createOrganizations()
  const app = express()
  app.use(helmet())
  app.use(requestLog((line) => log[line.path === '/health' ? 'debug' : 'info'](line, 'request')))
  app.get('/health', (_req, res) => void res.json({ status: 'healthy' }))

  const auth = mcpAuth({
    ...config.scalekit,
    scopes: config.baselineScopes,
    tools,
    allowedOrigins: config.allowedOrigins,
    ...(config.requestsPerMinute && { limits: { perMinute: config.requestsPerMinute } }),
    onRefused: ({ cause: err, ...refusal }) => log.info({ ...refusal, err }, 'refused'),
    onWarning: (message, cause) => log.warn({ err: cause }, message),
  })
  app.use(auth)

  // A new MCP server for each request, so that no caller reaches what belongs to another.
  const createServer = () => {
    const server = new McpServer({ name: 'Greeting MCP', version: '1.0.0' })
    greetUser(server, auth.tool)
    getOrgData(server, auth.tool, organizations)
    adminAction(server, auth.tool, organizations)
    return server
  }
  const onerror = (err: Error) => log.warn({ err }, 'MCP request failed')
  const handle = toNodeHandler(createMcpHandler(createServer, { onerror }))
  app.post(auth.path, (req, res) => handle(req, res, req.body))
  app.use(
    auth.notFound,
    auth.challenge,
    errorHandler((err) => log.error({ err }, 'request failed')),
  )
  return app
}
