import { Code, ConnectError, type Interceptor } from '@connectrpc/connect'
import { createRestTransport } from '@scalekit-mcp/api'
import type { Caller } from '@scalekit-mcp/auth'
import type { EnvironmentModeConfig } from '../config.js'
import { ExpiringCache } from './expiring-cache.js'
import type { Upstream } from './scalekit.js'
import { requestToken, type TokenEndpoint } from './token-endpoint.js'

/** A token is renewed this long before it ends. */
const EARLY_MS = 30_000

/**
 * Calls the API of one environment with the environment's own client credentials (RFC 6749 section 4.4).
 * The caller's token goes nowhere.
 */
export function environmentMode(
  config: EnvironmentModeConfig,
  endpoint: TokenEndpoint,
  policy: (caller: Caller) => Interceptor[],
): (caller: Caller) => Upstream {
  const tokens = new ExpiringCache<{ authorization: string }>(1, endpoint.now)
  const authorize = () =>
    tokens.get('own', async () => {
      const token = await requestToken(endpoint, { grant_type: 'client_credentials' })
      return {
        value: { authorization: `Bearer ${token.value.reveal()}` },
        expiresAt: token.expiresAt - EARLY_MS,
      }
    })

  /** A token that the API no longer takes (revoked, or its key rotated) is dropped, so that the next call gets a new one. */
  const forgetRefusedToken: Interceptor = (next) => async (request) => {
    try {
      return await next(request)
    } catch (error) {
      if (ConnectError.from(error).code === Code.Unauthenticated) tokens.delete('own')
      throw error
    }
  }

  return (caller) => {
    const transport = createRestTransport({
      baseUrl: config.environmentUrl,
      dispatcher: endpoint.dispatcher,
      authorize,
      interceptors: [...policy(caller), forgetRefusedToken],
    })
    return {
      workspace: () => transport,
      inEnvironment: () => transport,
      environmentType: async () => config.environmentType,
    }
  }
}
