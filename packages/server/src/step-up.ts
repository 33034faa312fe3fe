import type { IncomingMessage, ServerResponse } from 'node:http'
import { callerOf, type Protection, sendJson } from '@scalekit-mcp/auth'
import { type Bounds, decide, readSelection } from './access.js'
import { unaudited } from './audit/request-audit.js'
import type { Principal } from './call-tool.js'
import { callOfUri } from './resources/templates.js'
import { writeScopes } from './scope-names.js'
import type { ToolDefinition } from './tool.js'

/** Points of the caller's minute; every other request costs one. */
const WRITE_COST = 5

/**
 * Refuses a call whose scopes are missing before it reaches MCP, with every scope that it needs (RFC 6750
 * section 3.1, MCP 2026-07-28 authorization, "Scope Challenge Handling"): only HTTP can challenge a client.
 * The dispatcher decides again for every message. A write costs more of the caller's minute than a read, and is refused
 * while nobody can say whether the token was revoked.
 *
 * @returns who calls, and with which selection; undefined when the request was answered
 */
export function createStepUp(
  tools: readonly ToolDefinition[],
  bounds: Bounds,
  names: 'long' | 'short',
  protection: Protection,
): (
  req: IncomingMessage & { body?: unknown },
  res: ServerResponse,
) => Principal | undefined | Promise<Principal | undefined> {
  const byName = new Map(tools.map((tool) => [tool.name, tool]))
  return (req, res) => {
    const caller = callerOf(req)
    const selection = readSelection(req.url ?? '', bounds)
    if ('problem' in selection) {
      sendJson(res, 400, { error: 'invalid_request', error_description: selection.problem })
      return undefined
    }
    const tool = calledTool(req.body, byName)
    const decision = tool ? decide(tool, caller, selection, bounds) : undefined
    const { audit = unaudited } = req
    if (tool && decision && !decision.allowed && decision.reason === 'insufficient_scope') {
      audit.calls({ tool: tool.name, effect: tool.effect, scopesRequired: decision.scopes })
      audit.ended('insufficient_scope', { refused: true })
      protection.challengeScopes(req, res, writeScopes(decision.scopes, names))
      return undefined
    }
    const principal: Principal = {
      caller,
      selection,
      audit,
      trail: { audit, traceparent: req.trace?.traceparent },
      tokenRefused: ({ message, cause }) => protection.challengeToken(req, res, message, cause),
      note: req.note ?? noted,
    }
    if (!changesSomething(req, tool)) return principal
    if (!protection.requireFresh(req, res)) return undefined
    return protection.charge(req, res, WRITE_COST - 1).then((paid) => (paid ? principal : undefined))
  }
}

/** A call of a tool that writes, or a client's answer to a question, which can release a write. */
function changesSomething({ body }: { body?: unknown }, tool: ToolDefinition | undefined): boolean {
  if (tool) return tool.effect !== 'read'
  return typeof body === 'object' && body !== null && !('method' in body)
}

const noted = () => undefined

/** The tool that a message uses: by its name, or to read a resource. */
function calledTool(body: unknown, byName: ReadonlyMap<string, ToolDefinition>): ToolDefinition | undefined {
  const { method, params } = (body ?? {}) as { method?: unknown; params?: Record<string, unknown> | null }
  const name =
    method === 'tools/call'
      ? params?.name
      : method === 'resources/read' && typeof params?.uri === 'string'
        ? callOfUri(params.uri)?.tool
        : undefined
  return typeof name === 'string' ? byName.get(name) : undefined
}
