import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { NodeStreamableHTTPServerTransport, toWebRequest } from '@modelcontextprotocol/node'
import {
  isInitializeRequest,
  isLegacyRequest,
  type McpRequestContext,
  type Server,
} from '@modelcontextprotocol/server'
import { type Caller, sendJson } from '@scalekit-mcp/auth'

const MAX_SESSIONS = 1_000
const MAX_PER_CALLER = 10
const IDLE_MS = 30 * 60_000

interface Session {
  readonly id: string
  readonly owner: string
  readonly transport: NodeStreamableHTTPServerTransport
  readonly server: Server
  lastUsed: number
}

export interface Sessions {
  /** Serves the request when it belongs to MCP 2025-11-25. False: it does not, serve it as 2026-07-28. */
  handle(req: IncomingMessage, res: ServerResponse, caller: Caller, message: unknown): Promise<boolean>
  close(): Promise<void>
}

/**
 * Sessions for clients of MCP 2025-11-25 (basic/transports, "Session Management"), so that they can be asked
 * for input. A session belongs to the caller who began it: to anyone else it does not exist.
 */
export function createSessions(
  factory: (context: McpRequestContext) => Server,
  onerror: (error: Error) => void,
): Sessions {
  const sessions = new Map<string, Session>()

  const end = async (session: Session) => {
    sessions.delete(session.id)
    await session.server.close().catch(onerror)
  }
  const sweep = setInterval(() => {
    for (const session of sessions.values()) {
      if (Date.now() - session.lastUsed > IDLE_MS) void end(session)
    }
  }, 60_000).unref()

  const begin = async (owner: string): Promise<Session> => {
    const owned = [...sessions.values()].filter((session) => session.owner === owner)
    const oldest =
      owned.length >= MAX_PER_CALLER
        ? owned[0]
        : sessions.size >= MAX_SESSIONS
          ? [...sessions.values()][0]
          : undefined
    if (oldest) await end(oldest)
    const id = randomUUID()
    const transport = new NodeStreamableHTTPServerTransport({ sessionIdGenerator: () => id })
    const server = factory({ era: 'legacy' })
    await server.connect(transport)
    const session = { id, owner, transport, server, lastUsed: Date.now() }
    sessions.set(id, session)
    return session
  }

  return {
    async handle(req, res, caller, message) {
      if (!(await isLegacyRequest(await toWebRequest(req, message ?? {}), message))) return false
      const owner = ownerOf(caller)
      const id = req.headers['mcp-session-id']
      const known = typeof id === 'string' ? sessions.get(id) : undefined
      const session =
        known?.owner === owner
          ? known
          : id === undefined && isInitializeRequest(message)
            ? await begin(owner)
            : undefined
      if (!session) {
        refuse(res, id === undefined ? 400 : 404)
        return true
      }
      session.lastUsed = Date.now()
      await session.transport.handleRequest(req, res, message)
      if (req.method === 'DELETE') await end(session)
      return true
    },
    async close() {
      clearInterval(sweep)
      await Promise.all([...sessions.values()].map(end))
    },
  }
}

function ownerOf({ issuer, subject, clientId }: Caller): string {
  return JSON.stringify([issuer, subject, clientId])
}

/** 400 without a session, 404 for one that does not exist, or not for this caller: the client begins anew. */
function refuse(res: ServerResponse, status: 400 | 404): void {
  const message =
    status === 404 ? 'Session not found: initialize again.' : 'Initialize first, then send Mcp-Session-Id.'
  sendJson(res, status, { jsonrpc: '2.0', id: null, error: { code: -32600, message } })
}
