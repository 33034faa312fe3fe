import { AccessToken, type Verification } from './access-token.js'
import type { AuthInfo } from './auth-info.js'
import type { Caller } from './caller.js'
import { insufficientScope } from './challenge.js'
import { AuthError } from './errors.js'
import type { HttpRequest } from './http-message.js'
import { missingScopes } from './scopes.js'

/** The context that an MCP handler gets: `ctx` of the SDK's version 2, `extra` of version 1. */
export interface HandlerContext {
  readonly http?: { readonly authInfo?: object }
  readonly authInfo?: object
}

/** What a handler has: the request of an Express or Node server, or the context of the MCP SDK. */
export type CallSource = HttpRequest | HandlerContext

/**
 * The caller, where a call may come without a token because its tool is one of `publicTools`.
 *
 * @param source as for `callerOf`
 * @returns undefined for a call without a verified token
 * @example const name = callerIfAny(ctx)?.subject ?? 'stranger'
 */
export function callerIfAny(source: CallSource): Caller | undefined {
  const { auth, http, authInfo } = source as HandlerContext & { auth?: object }
  const { extra } = (auth ?? http?.authInfo ?? authInfo ?? {}) as Partial<AuthInfo>
  return extra?.caller?.token instanceof AccessToken ? extra.caller : undefined
}

/** The rules by which the token of a caller was verified. */
export function verificationOf({ token }: Caller): Verification | undefined {
  return token instanceof AccessToken ? token.verification : undefined
}

/** A mistake in the app and not of the client: it is answered with 500, and not with a challenge. */
export const NO_CALLER =
  'No access token was verified for this call: put app.use(mcpAuth({ ... })), or a guard of it, above the route.'

/**
 * The caller of the request that a handler serves: subject, organization, client, scopes and all claims of the verified token.
 *
 * @param source the request of an Express or Node server, or the context of a handler of the MCP SDK: `ctx` of version 2,
 * `extra` of version 1
 * @throws Error when neither `mcpAuth` nor a guard is in front of the handler, and for a call without a token: see `callerIfAny`
 * @example app.get('/report', auth.guard(), (req, res) => res.json(callerOf(req).subject))
 * @example server.registerTool('whoami', {}, auth.tool('whoami', (ctx) => text(callerOf(ctx).subject)))
 */
export function callerOf(source: CallSource): Caller {
  const caller = callerIfAny(source)
  if (!caller) throw new Error(NO_CALLER)
  return caller
}

/**
 * The organization that the token is bound to. Read data by it and never by an argument, so that a caller
 * reaches the data of no other organization.
 *
 * @param source as for `callerOf`
 * @throws AuthError `no_organization`
 * @throws Error when neither `mcpAuth` nor a guard is in front of the handler
 * @example const colleagues = await db.users.where({ organization: organizationOf(ctx) })
 */
export function organizationOf(source: CallSource): string {
  const { organizationId } = callerOf(source)
  if (organizationId !== undefined) return organizationId
  throw new AuthError(
    'no_organization',
    'The access token is not bound to an organization. Sign in again as a member of one.',
  )
}

/**
 * The caller, if its token has all these scopes under any of their names. Where the scopes depend on the arguments, ask here;
 * where they belong to the tool, list them in `tools` of `mcpAuth`, which also tells the client to step up.
 *
 * @param source as for `callerOf`
 * @throws AuthError `insufficient_scope`; in a route, `challenge` of `mcpAuth` answers it
 * @throws Error when neither `mcpAuth` nor a guard is in front of the handler
 */
export function requireScopes(source: CallSource, ...scopes: string[]): Caller {
  const caller = callerOf(source)
  checkScopes(caller, scopes)
  return caller
}

/** @throws AuthError `insufficient_scope` */
export function checkScopes(caller: Caller, scopes: readonly string[]): void {
  const { scopeAliases } = verificationOf(caller) ?? {}
  if (missingScopes(caller.scopes, scopes, scopeAliases).length > 0) throw insufficientScope(scopes)
}
