import type { Caller } from './caller.js'

/**
 * What the MCP SDKs read from `req.auth` and hand to every handler: version 2 as `ctx.http.authInfo`, version 1
 * as `extra.authInfo`. The token itself stays out of it.
 */
export interface AuthInfo {
  readonly token: string
  readonly clientId: string
  readonly scopes: string[]
  readonly expiresAt: number
  readonly extra: { readonly caller: Caller }
}

export function authInfoOf(caller: Caller): AuthInfo {
  return {
    token: '[redacted]',
    clientId: caller.clientId,
    scopes: [...caller.scopes],
    expiresAt: caller.expiresAt,
    extra: { caller },
  }
}
