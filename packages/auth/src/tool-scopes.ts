import type { Caller } from './caller.js'
import { callerIfAny } from './caller-if-any.js'
import { insufficientScope } from './challenge.js'
import { AuthError } from './errors.js'
import { checkFresh } from './fresh.js'
import { isScope, missingScopes, resolveScope, type ScopeAliases } from './scopes.js'
import { type HandlerContext, requireScopes } from './token-from.js'

/** Every tool of a server, with all the scopes that a call of it needs. */
export type ToolTable = Readonly<Record<string, readonly string[] | ToolAccess>>

export interface ToolAccess {
  readonly scopes: readonly string[]
  /**
   * The tool changes nothing, as its annotation `readOnlyHint` says: it can be called while a revocation cannot be
   * checked. Default false.
   */
  readonly readOnly?: boolean
}

export interface ToolScopes {
  /**
   * Decides before the message is dispatched, while HTTP can still tell the client to step up.
   * @throws AuthError `insufficient_scope`, `unknown_tool`, or `temporarily_unavailable` for a tool that is not read-only
   * when the authorization server could not be asked about the token
   */
  check(message: unknown, caller: Caller): void
  /** Wraps a tool's handler so that it decides again. @throws TypeError for a tool that is not in the table */
  tool<Handler extends (...args: never[]) => unknown>(name: string, handler: Handler): Handler
}

/**
 * Scopes by tool, decided twice (MCP 2026-07-28 authorization, "Scope Challenge Handling"). A tool that is not
 * in the table cannot be called: forgetting one closes it.
 *
 * @param publicTools names of tools that can be called without a token
 * @throws TypeError for what is not a scope, and for a public tool that is not in the table or has scopes
 */
export function createToolScopes(
  table: ToolTable | undefined,
  aliases?: ScopeAliases,
  publicTools: readonly string[] = [],
): ToolScopes {
  const tools = new Map(Object.entries(table ?? {}).map(([name, access]) => [name, accessOf(access)]))
  for (const [name, { scopes }] of tools) {
    if (!scopes.every(isScope)) throw new TypeError(`tools.${name} must be scope names without spaces`)
  }
  for (const name of publicTools) {
    const access = tools.get(name)
    if (!access)
      throw new TypeError(`publicTools names ${name}, which is not in tools. Add it there without scopes`)
    if (access.scopes.length > 0) {
      throw new TypeError(
        `publicTools names ${name}, which needs scopes: ${access.scopes.join(' ')}. Remove one or the other`,
      )
    }
  }

  return {
    check(message, caller) {
      const name = table && calledTool(message)
      if (name === undefined) return
      const access = tools.get(name)
      if (!access) throw new AuthError('unknown_tool', 'Unknown tool: choose a name from tools/list.')
      if (missingScopes(caller.scopes, access.scopes, aliases).length > 0) {
        throw insufficientScope(access.scopes)
      }
      if (!access.readOnly) checkFresh(caller)
    },
    tool<Handler extends (...args: never[]) => unknown>(name: string, handler: Handler) {
      const access = tools.get(name)
      if (!access) throw new TypeError(`List the tool ${name}, with its scopes, in tools of protect`)
      const needed = access.scopes.map((scope) => resolveScope(scope, aliases))
      const decided = (...args: never[]) => {
        // Both SDKs hand over the context last, after the arguments of a tool that has some.
        const context = Object(args.at(-1)) as HandlerContext
        if (publicTools.includes(name) && !callerIfAny(context)) return handler(...args)
        const caller = requireScopes(context, ...needed)
        if (!access.readOnly) checkFresh(caller)
        return handler(...args)
      }
      return decided as Handler
    },
  }
}

function accessOf(access: readonly string[] | ToolAccess): ToolAccess {
  return 'scopes' in access ? access : { scopes: access }
}

/** MCP: `params.name` of `tools/call`; no name is a call of no tool. */
export function calledTool(message: unknown): string | undefined {
  const { method, params } = Object(message) as { method?: unknown; params?: { name?: unknown } }
  return method === 'tools/call' ? String(params?.name) : undefined
}
