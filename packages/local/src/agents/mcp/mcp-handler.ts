import { originValidation, toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler } from '@modelcontextprotocol/server'
import type { NextFunction, Request, Response } from 'express'
import { isRealmName, WORKSPACE } from '../../domain/environments/realm.js'
import { type SessionTool, sessionTools } from '../../domain/mcp-configs/session-tools.js'
import { reportFailure } from '../../http/report-failure.js'
import type { AgentContext } from '../agent-context.js'
import { createToolServer } from './tool-server.js'

/** The hosts of pages that may call a server (MCP, basic/transports, "Security Warning"). */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

/**
 * Serves MCP over Streamable HTTP without protocol sessions. The bearer token identifies the user; every request reads from
 * the database what that user may call.
 *
 * @param audienceOf returns the URL of the requested server, which must be the audience of the token
 */
export function mcpHandler(
  context: AgentContext,
  audienceOf: (environment: string, server: string) => string,
) {
  const handler = createMcpHandler(({ authInfo }) => createToolServer(context, toolsIn(authInfo?.extra)), {
    legacy: 'stateless',
    // Errors of clients are in their answers. The tool server reports internal failures.
    onerror: () => undefined,
  })
  const serve = toNodeHandler(handler, { onerror: reportFailure })
  const isOurOrigin = originValidation([new URL(context.baseUrl).hostname, ...LOOPBACK])

  return async (
    request: Request<{ realm: string; server: string }>,
    response: Response,
    next: NextFunction,
  ): Promise<void> => {
    const { realm, server } = request.params
    if (!isRealmName(realm) || realm === WORKSPACE) return next()
    if (!isOurOrigin(request, response)) return
    const [, token] = /^Bearer (\S+)$/i.exec(request.get('authorization') ?? '') ?? []
    const { sessionTokens } = context.agentTools
    const session =
      token === undefined ? undefined : await sessionTokens.verify(realm, audienceOf(realm, server), token)
    const tools = session && (await sessionTools(context, realm, session))
    if (session === undefined || tools === undefined) return refuse(response, token !== undefined)
    // The SDK passes this to the server of the request. Nothing needs the token itself.
    const auth = { token: '', clientId: session.sub, scopes: [], extra: { tools } }
    await serve(Object.assign(request, { auth }), response)
  }
}

function toolsIn(extra: Record<string, unknown> | undefined): ReadonlyMap<string, SessionTool> {
  const { tools } = extra ?? {}
  if (!(tools instanceof Map)) throw new Error('A message reached MCP without a session.')
  return tools
}

/** RFC 6750, section 3: without a token, the challenge names no error. */
function refuse(response: Response, hasToken: boolean): void {
  const description = hasToken
    ? 'The session token is invalid, has expired, is for another server, or an account of it was disconnected. Create a new one.'
    : 'Send a session token: create one with POST /api/v1/mcp/configs/{id}/tokens.'
  const challenge = hasToken ? `Bearer error="invalid_token", error_description="${description}"` : 'Bearer'
  response
    .status(401)
    .set({ 'WWW-Authenticate': challenge, 'Cache-Control': 'no-store' })
    .json({ error: hasToken ? 'invalid_token' : 'unauthorized', error_description: description })
}
