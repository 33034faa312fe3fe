export type { AuthInfo } from './auth-info.js'
export type { Caller } from './caller.js'
export {
  type CallSource,
  callerIfAny,
  callerOf,
  type HandlerContext,
  organizationOf,
  requireScopes,
} from './caller-of.js'
export { insufficientScope } from './challenge.js'
export type { ClientCredentials } from './client-credentials.js'
export { type EnvFile, readEnvFile } from './env-file.js'
export { errorHandler } from './error-handler.js'
export { AuthError, type AuthErrorCode, invalidToken } from './errors.js'
export type { ExchangeTarget } from './exchange.js'
export { createHttpServer } from './http-server.js'
export { differentPort, forbiddenPort, readHost, unusableHost } from './listen-address.js'
export { type McpAuth, mcpAuth, protect } from './mcp-auth.js'
export type { ErrorMiddleware, Middleware } from './middleware.js'
export type { ProtectOptions } from './protect-options.js'
export type { RateLimitOptions } from './rate-limit.js'
export type { LimiterOptions, RateLimiter, SpentPoints } from './rate-limiter.js'
export type { Refusal } from './refusal.js'
export { type RequestLine, requestLog } from './request-log.js'
export type { RevocationOptions, RevocationStore } from './revocation.js'
export { readScalekitVariables, type ScalekitOptions, type ScalekitVariables } from './scalekit-variables.js'
export type { ScopeAliases } from './scopes.js'
export { Secret } from './secret.js'
export type { ClaimNames, TokenProfile } from './token-profiles.js'
export type { ToolAccess, ToolTable } from './tool-scopes.js'
export { type OriginList, readOrigins, variableValue } from './variable-values.js'
export type { TokenVerifierOptions } from './verifier-options.js'
export { createTokenVerifier, type TokenVerifier } from './verify-token.js'
