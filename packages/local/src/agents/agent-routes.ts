import { type Request, type Response, Router } from 'express'
import {
  CONFIG_SERVERS,
  CONNECTION_SERVERS,
  configServerAddress,
  connectionServerUrl,
} from '../domain/mcp-configs/mcp-server-url.js'
import { lazyHandler } from '../http/lazy-handler.js'
import type { AgentContext } from './agent-context.js'
import { proxyHandler } from './proxy/proxy-handler.js'

type ServerRequest = Request<{ realm: string; server: string }>

/** The addresses that agents call on behalf of users: the proxy to the APIs of providers, and the MCP servers. */
export function agentRoutes(context: AgentContext): Router {
  const { baseUrl } = context
  const router = Router()
  router.use('/:realm/proxy', proxyHandler(context))
  // The first request for an MCP server loads the MCP SDK.
  const mcp = (audienceOf: (environment: string, server: string) => string) =>
    lazyHandler<ServerRequest, Response>(async () =>
      (await import('./mcp/mcp-handler.js')).mcpHandler(context, audienceOf),
    )
  router.all(
    `/:realm${CONFIG_SERVERS}/:server`,
    mcp((environment, server) => configServerAddress(baseUrl, environment, server)),
  )
  router.all(
    `/:realm${CONNECTION_SERVERS}/:server`,
    mcp((environment_id, key_id) => connectionServerUrl(baseUrl, { environment_id, key_id })),
  )
  return router
}
