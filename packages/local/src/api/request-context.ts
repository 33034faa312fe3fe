import { AsyncLocalStorage } from 'node:async_hooks'
import { Code, createContextKey, type HandlerContext } from '@connectrpc/connect'
import { apiError } from '@scalekit-mcp/api'
import type { Principal } from '../domain/tokens/principal.js'

/** The realm in a request's path, for all that runs while it is answered; undefined at the root. */
export const requestRealm = new AsyncLocalStorage<string | undefined>()

export const principalKey = createContextKey<Principal | undefined>(undefined, { description: 'who calls' })
export const environmentKey = createContextKey<string | undefined>(undefined, {
  description: 'which environment',
})

/** The environment that a call is about, chosen before its handler runs. */
export function environmentOf(context: HandlerContext): string {
  const environment = context.values.get(environmentKey)
  if (environment === undefined) throw apiError(Code.Internal, 'The call has no environment')
  return environment
}
