import type { Caller } from './caller.js'
import { type CallSource, callerIfAny, checkScopes } from './caller-of.js'
import { AuthError } from './errors.js'
import { checkFresh } from './fresh.js'

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
  /**
   * Wraps a tool's handler so that it decides again, where the call is made.
   * @throws Error for a tool that is not in the table. The wrapped handler throws AuthError as `check` does, and Error where no
   * token was verified and the tool is not public, or one for another resource
   */
  tool<Handler extends (...args: never[]) => unknown>(name: string, handler: Handler): Handler
}

/** What a table of tools needs of its protection. */
export interface ToolScopesOptions {
  readonly tools: ToolTable | undefined
  /** Names of tools that can be called without a token. */
  readonly publicTools: readonly string[]
  /** @throws Error where no token was verified, or one for another resource */
  readonly callerHere: (source: CallSource) => Caller
  /** An error for who put the app together; reported as well, because an SDK may show it to the client only. */
  readonly miswired: (message: string) => Error
}

/**
 * Scopes by tool, decided twice (MCP 2026-07-28 authorization, "Scope Challenge Handling"). A tool that is not
 * in the table cannot be called: forgetting one closes it.
 *
 * @throws TypeError for a public tool that is not in the table or has scopes
 */
export function createToolScopes({
  tools: table,
  publicTools,
  callerHere,
  miswired,
}: ToolScopesOptions): ToolScopes {
  const tools: ReadonlyMap<unknown, ToolAccess> = new Map(
    Object.entries(table ?? {}).map(([name, access]) => [name, accessOf(access)]),
  )

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

  function decide(caller: Caller, { scopes, readOnly }: ToolAccess): void {
    checkScopes(caller, scopes)
    if (!readOnly) checkFresh(caller)
  }

  return {
    check(message, caller) {
      if (!table || !isToolCall(message)) return
      const access = tools.get(calledTool(message))
      if (!access) throw new AuthError('unknown_tool', 'Unknown tool: choose a name from tools/list.')
      decide(caller, access)
    },
    tool<Handler extends (...args: never[]) => unknown>(name: string, handler: Handler) {
      const access = tools.get(name)
      if (!access) {
        throw miswired(
          `The tool ${name} is missing in the option tools of mcpAuth: add ${name} with its scopes.`,
        )
      }
      if (typeof handler !== 'function') {
        throw new TypeError(
          `The handler of the tool ${name} must be a function: auth.tool('${name}', handler)`,
        )
      }
      const isPublic = publicTools.includes(name)
      const decided = (...args: never[]) => {
        // Both SDKs hand over the context last, after the arguments of a tool that has some.
        const source = Object(args.at(-1)) as CallSource
        if (isPublic && !callerIfAny(source)) return handler(...args)
        decide(callerHere(source), access)
        return handler(...args)
      }
      return decided as Handler
    },
  }
}

function accessOf(access: readonly string[] | ToolAccess): ToolAccess {
  return 'scopes' in access ? access : { scopes: access }
}

export function isToolCall(message: unknown): boolean {
  return Object(message).method === 'tools/call'
}

/** MCP: `params.name` of `tools/call`, as it was sent: what is not a string is the name of no tool. */
export function calledTool(message: unknown): unknown {
  const { params } = Object(message) as { params?: { name?: unknown } }
  return params?.name
}
