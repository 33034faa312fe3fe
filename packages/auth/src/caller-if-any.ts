import type { IncomingMessage } from 'node:http'
import type { Caller } from './caller.js'
import { Secret } from './secret.js'
import type { HandlerContext } from './token-from.js'

/**
 * The caller, where a call may come without a token because its tool is one of `publicTools`.
 *
 * @param source the context of a handler of the MCP SDK, or a request
 * @returns undefined for a call without a token
 * @example const name = callerIfAny(ctx)?.subject ?? 'stranger'
 */
export function callerIfAny(source: HandlerContext | IncomingMessage): Caller | undefined {
  const { auth, http, authInfo } = source as HandlerContext & { readonly auth?: object }
  const { extra } = Object(auth ?? http?.authInfo ?? authInfo) as { extra?: { caller?: Caller } }
  // A `Secret` is made by the verifier only: an object that came over the wire has none.
  return extra?.caller?.token instanceof Secret ? extra.caller : undefined
}
