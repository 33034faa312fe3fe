import { AuthError, type Caller, insufficientScope, invalidToken } from '@scalekit-mcp/auth'
import { type NodeProtection, sendJson } from '@scalekit-mcp/auth/server'
import { type Bounds, decide, readSelection } from '../call/access.js'
import type { RequireAdministrator } from '../call/administrators.js'
import type { Principal } from '../call/call-tool.js'
import { ToolError } from '../errors.js'
import type { Dispatch } from '../mcp/dispatcher.js'
import { isResponse } from '../mcp/receive-answer.js'
import { callOfUri } from '../resources/templates.js'
import { writeScopes } from '../scope-names.js'
import type { ToolDefinition } from '../tool.js'
import type { Exchange } from './exchange.js'
import { howToAllow } from './how-to-allow.js'
import { refusePerson } from './refuse-person.js'

/** Points of the caller's minute; every other request costs one. */
const WRITE_COST = 5

export interface MessageOptions {
  readonly tools: readonly ToolDefinition[]
  readonly bounds: Bounds
  readonly scopeNames: 'long' | 'short'
  readonly protection: NodeProtection
  /** In environment mode. In workspace mode Scalekit decides. */
  readonly requireAdministrator: RequireAdministrator | undefined
  /** Makes the span of an exchange, where spans are made. */
  readonly begin: ((exchange: Exchange) => void) | undefined
  readonly dispatch: Dispatch
  /** Serves what the dispatcher leaves. */
  readonly serveBySdk: (exchange: Exchange, principal: Principal) => Promise<void>
}

/**
 * What decides about a message after the protection, in order: the selection of the URL; the scopes of the tool, because only
 * HTTP can challenge a client (RFC 6750 section 3.1, MCP 2026-07-28 authorization, "Scope Challenge Handling"); for a write
 * whether the token may be revoked, and its price; whether the person administers the environment. Then the message is
 * answered.
 */
export function createServeMessage(
  options: MessageOptions,
): (exchange: Exchange, caller: Caller) => Promise<void> {
  const { bounds, scopeNames, protection, requireAdministrator, begin, dispatch, serveBySdk } = options
  const byName = new Map(options.tools.map((tool) => [tool.name, tool]))

  return async (exchange, caller) => {
    begin?.(exchange)
    const { req, res, message, audit } = exchange
    const selection = readSelection(req.url ?? '', bounds)
    if ('problem' in selection) {
      return sendJson(res, 400, { error: 'invalid_request', error_description: selection.problem })
    }

    const tool = calledTool(message, byName)
    const decision = tool && decide(tool, caller, selection, bounds)
    const request = { req, res, caller }
    if (tool && decision?.allowed === false && decision.reason === 'insufficient_scope') {
      audit.calls({ tool: tool.name, effect: tool.effect, scopesRequired: decision.scopes })
      audit.ended('insufficient_scope', { refused: true })
      const needed = writeScopes(decision.scopes, scopeNames)
      const refusal = insufficientScope(needed, howToAllow(caller, needed))
      return exchange.refused(protection.challenge(request, refusal))
    }

    if (changesSomething(message, tool)) {
      const stale = protection.requireFresh(request)
      if (stale) return exchange.refused(stale)
      // An answer has been paid with the write that asked.
      const unpaid = tool && (await protection.charge(request, WRITE_COST - 1))
      if (unpaid) return exchange.refused(unpaid)
    }

    try {
      await requireAdministrator?.(caller)
    } catch (error) {
      return refusePerson(exchange, caller, protection.resourceMetadataUrl, error)
    }

    const principal: Principal = {
      caller,
      selection,
      ...(tool && decision ? { decided: { tool, decision } } : {}),
      audit,
      trail: { audit, traceparent: exchange.trace?.traceparent },
      tokenRefused: (error) =>
        exchange.refused(protection.challenge(request, invalidToken(error.message, error.cause))),
      recheck: () => recheck(caller, protection),
      note: (fields) => exchange.note(fields),
      asks: () => exchange.asks(),
    }
    if (!(await dispatch(exchange, principal))) await serveBySdk(exchange, principal)
  }
}

/**
 * Whether the call's own token has expired or was revoked while a person took time. Its scopes never change, and whether the person
 * administers the environment was decided about the request that brought the answer.
 */
async function recheck({ token }: Caller, protection: NodeProtection): Promise<void> {
  const { revocation } = await protection.verifier.verify(token.reveal()).catch((cause: unknown) => {
    if (!(cause instanceof AuthError && cause.code === 'invalid_token')) throw unchecked(cause)
    throw new ToolError(cause.code, 'The token of this call is no longer accepted.', { cause })
  })
  if (revocation === 'unknown') throw unchecked()
}

const unchecked = (cause?: unknown) =>
  new ToolError('upstream_unavailable', 'Nobody can say now whether the token of this call is still good.', {
    cause,
  })

/** The tool that a message uses: by its name, or to read a resource. */
function calledTool(
  message: unknown,
  byName: ReadonlyMap<string, ToolDefinition>,
): ToolDefinition | undefined {
  const { method, params } = Object(message) as { method?: unknown; params?: Record<string, unknown> | null }
  const name =
    method === 'tools/call'
      ? params?.name
      : method === 'resources/read' && typeof params?.uri === 'string'
        ? callOfUri(params.uri)?.tool
        : undefined
  return typeof name === 'string' ? byName.get(name) : undefined
}

/** A call of a tool that writes, or a client's answer to a question, which can release a write. */
function changesSomething(message: unknown, tool: ToolDefinition | undefined): boolean {
  return tool ? tool.effect !== 'read' : isResponse(message)
}
