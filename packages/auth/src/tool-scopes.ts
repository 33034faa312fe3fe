import type { Caller } from './caller.js'
import { insufficientScope } from './challenge.js'
import { AuthError } from './errors.js'
import { isScope, missingScopes, resolveScope, type ScopeAliases } from './scopes.js'
import { type HandlerContext, requireScopes } from './token-from.js'

/** Every tool of a server, with all the scopes that a call of it needs. */
export type ToolTable = Readonly<Record<string, readonly string[]>>

export interface ToolScopes {
  /**
   * Decides before the message is dispatched, while HTTP can still tell the client to step up.
   * @throws AuthError `insufficient_scope`, `unknown_tool`
   */
  check(message: unknown, caller: Caller): void
  /** Wraps a tool's handler so that it decides again. @throws TypeError for a tool that is not in the table */
  tool<Handler extends (...args: never[]) => unknown>(name: string, handler: Handler): Handler
}

/**
 * Scopes by tool, decided twice (MCP 2026-07-28 authorization, "Scope Challenge Handling"). A tool that is not
 * in the table cannot be called: forgetting one closes it.
 *
 * @throws TypeError for what is not a scope
 */
export function createToolScopes(table: ToolTable | undefined, aliases?: ScopeAliases): ToolScopes {
  for (const [name, scopes] of Object.entries(table ?? {})) {
    if (!scopes.every(isScope)) throw new TypeError(`tools.${name} must be scope names without spaces`)
  }
  const scopesOf = (name: string) => (table && Object.hasOwn(table, name) ? table[name] : undefined)

  return {
    check(message, caller) {
      const name = table && calledTool(message)
      if (name === undefined) return
      const needed = scopesOf(name)
      if (!needed) throw new AuthError('unknown_tool', 'Unknown tool: choose a name from tools/list.')
      if (missingScopes(caller.scopes, needed, aliases).length > 0) throw insufficientScope(needed)
    },
    tool<Handler extends (...args: never[]) => unknown>(name: string, handler: Handler) {
      const needed = scopesOf(name)?.map((scope) => resolveScope(scope, aliases))
      if (!needed) throw new TypeError(`List the tool ${name}, with its scopes, in tools of protect`)
      const decided = (...args: never[]) => {
        // Both SDKs hand over the context last, after the arguments of a tool that has some.
        requireScopes(Object(args.at(-1)) as HandlerContext, ...needed)
        return handler(...args)
      }
      return decided as Handler
    },
  }
}

/** MCP: `params.name` of `tools/call`; no name is a call of no tool. */
function calledTool(message: unknown): string | undefined {
  const { method, params } = Object(message) as { method?: unknown; params?: { name?: unknown } }
  return method === 'tools/call' ? String(params?.name) : undefined
}
