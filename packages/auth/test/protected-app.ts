import type { AddressInfo } from 'node:net'
import {
  callerOf,
  createHttpServer,
  errorHandler,
  type McpAuth,
  type ProtectOptions,
  protect,
  type Refusal,
  requireScopes,
} from '@scalekit-mcp/auth'
import express from 'express'

export interface ProtectedApp {
  readonly origin: string
  readonly host: string
  readonly resource: string
  readonly protection: McpAuth
  /** Calls that reached the tool behind the protection. */
  readonly upstreamCalls: () => number
  readonly refusals: Refusal[]
  readonly warnings: string[]
  readonly faults: unknown[]
  close(): Promise<void>
}

const TOOL_SCOPES: Readonly<Record<string, string>> = {
  list_environments: 'env:read',
  create_organization: 'org:write',
  invite_workspace_member: 'wks:write',
}

/** A request costs one point; these cost more. */
const WRITE_COST = 4

/** A developer's own app with three tools, as the documentation says to build it, on a free port. */
export async function startApp(
  options: (resource: string) => Omit<ProtectOptions, 'resource'>,
  path = '/mcp',
): Promise<ProtectedApp> {
  const app = express()
  const server = createHttpServer(app)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const resource = `http://${host}${path}`
  const refusals: Refusal[] = []
  const warnings: string[] = []
  const faults: unknown[] = []
  let upstreamCalls = 0

  const protection = protect(app, {
    resource,
    onRefused: (refusal) => refusals.push(refusal),
    onWarning: (message) => warnings.push(message),
    ...options(resource),
  })
  app.get('/healthz', (_req, res) => void res.json({ status: 'healthy' }))
  app.all(protection.path, async (req, res) => {
    const tool = String(req.body?.params?.name ?? '')
    const needed = TOOL_SCOPES[tool]
    if (needed) requireScopes(req, needed)
    if (needed?.endsWith(':write')) {
      if (!protection.requireFresh(req, res)) return
      if (!(await protection.charge(req, res, WRITE_COST - 1))) return
    }
    if (needed) upstreamCalls++
    res.json({ jsonrpc: '2.0', id: req.body?.id, result: { subject: callerOf(req).subject } })
  })
  app.get('/fails', () => {
    throw new Error('connect ECONNREFUSED 10.0.0.5:5432 password=hunter2')
  })
  app.use(
    protection.notFound,
    protection.challenge,
    errorHandler((error) => faults.push(error)),
  )

  return {
    origin: `http://${host}`,
    host,
    resource,
    protection,
    upstreamCalls: () => upstreamCalls,
    refusals,
    warnings,
    faults,
    async close() {
      protection.close()
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** A JSON-RPC message that calls a tool. */
export const toolCall = (name = 'list_environments', args: object = {}) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name, arguments: args },
})

/** Posts a message as an MCP client does. */
export function post(
  url: string,
  token?: string,
  {
    body = JSON.stringify(toolCall()),
    headers = {},
  }: { body?: string; headers?: Record<string, string> } = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
  })
}
