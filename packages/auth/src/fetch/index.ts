// The kit on the Fetch API: Hono, Next.js, Workers, Bun, Deno. It needs no module of Node.
export type { AuthInfo } from '../auth-info.js'
export type { Caller } from '../caller.js'
export {
  type CallSource,
  callerIfAny,
  callerOf,
  type HandlerContext,
  organizationOf,
  requireScopes,
} from '../caller-of.js'
export { insufficientScope } from '../challenge.js'
export type { ClientCredentials } from '../client-credentials.js'
export { AuthError, type AuthErrorCode, invalidToken } from '../errors.js'
export type { ExchangeTarget } from '../exchange.js'
export type { ProtectOptions } from '../protect-options.js'
export type { RateLimitOptions } from '../rate-limit.js'
export type { LimiterOptions, RateLimiter, SpentPoints } from '../rate-limiter.js'
export type { Refusal } from '../refusal.js'
export type { RevocationOptions, RevocationStore } from '../revocation.js'
export { readScalekitVariables, type ScalekitOptions, type ScalekitVariables } from '../scalekit-variables.js'
export type { ScopeAliases } from '../scopes.js'
export { Secret } from '../secret.js'
export type { ClaimNames, TokenProfile } from '../token-profiles.js'
export type { ToolAccess, ToolTable } from '../tool-scopes.js'
export { type Fetch, type FetchCall, type FetchHandler, type FetchMcpAuth, mcpAuth } from './mcp-auth.js'
