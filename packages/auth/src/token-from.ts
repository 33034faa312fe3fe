import type { Caller } from './caller.js'
import { insufficientScope } from './challenge.js'
import { AuthError } from './errors.js'
import { missingScopes } from './scopes.js'
import { Secret } from './secret.js'

/** The context that an MCP handler gets: `ctx` of the SDK's version 2, `extra` of version 1. */
export interface HandlerContext {
  readonly http?: { readonly authInfo?: object }
  readonly authInfo?: object
}

/**
 * The verified token of the call that a handler serves: subject, organization, client, scopes.
 *
 * @throws AuthError `missing_token` when no `protect` stands in front of the handler
 * @example server.registerTool('whoami', {}, (ctx) => text(tokenFrom(ctx).subject))
 */
export function tokenFrom(context: HandlerContext): Caller {
  const authInfo = context.http?.authInfo ?? context.authInfo
  const caller = (authInfo as { extra?: { caller?: Caller } } | undefined)?.extra?.caller
  // A `Secret` is made by the verifier only: an object that came over the wire has none.
  if (caller?.token instanceof Secret) return caller
  throw new AuthError('missing_token', 'This call brought no verified access token.', {
    detail: 'no_protect_in_front',
  })
}

/**
 * The organization that the token is bound to. Read data by it and never by an argument, so that a caller
 * reaches the data of no other organization.
 *
 * @throws AuthError `no_organization`, `missing_token`
 * @example const colleagues = await db.users.where({ organization: organizationOf(ctx) })
 */
export function organizationOf(context: HandlerContext): string {
  const { organizationId } = tokenFrom(context)
  if (organizationId !== undefined) return organizationId
  throw new AuthError(
    'no_organization',
    'The access token is not bound to an organization. Sign in again as a member of one.',
  )
}

/**
 * The token of the call, if it has all these scopes. Where the scopes depend on the arguments, ask here; where
 * they belong to the tool, list them in `tools` of `protect`, which also tells the client to step up.
 *
 * @throws AuthError `insufficient_scope`, `missing_token`
 */
export function requireScopes(context: HandlerContext, ...scopes: string[]): Caller {
  const caller = tokenFrom(context)
  if (missingScopes(caller.scopes, scopes).length > 0) throw insufficientScope(scopes)
  return caller
}
