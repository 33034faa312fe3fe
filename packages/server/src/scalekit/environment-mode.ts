import type { Interceptor } from '@connectrpc/connect'
import { createRestTransport } from '@scalekit-mcp/api'
import type { Caller } from '@scalekit-mcp/auth'
import type { EnvironmentModeConfig } from '../config/config.js'
import { ExpiringCache } from './expiring-cache.js'
import { renewToken } from './renew-token.js'
import type { KnownEnvironment, Upstream } from './scalekit.js'
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

  /** The credentials are this server's own: that they are refused is the operator's matter, and no new sign-in helps. */
  const renew = renewToken({
    current: authorize,
    drop: (token) => tokens.drop('own', token),
    refusal: (cause) => cause,
  })

  const environment: KnownEnvironment = {
    id: config.environmentId ?? '',
    name: '',
    type: config.environmentType ?? 'PRD',
    ...(config.environmentType ? {} : { typeAssumed: 'SCALEKIT_ENVIRONMENT_TYPE is not set to DEV or PRD' }),
  }

  return (caller) => {
    const transport = createRestTransport({
      baseUrl: config.environmentUrl,
      dispatcher: endpoint.dispatcher,
      authorize,
      interceptors: [...policy(caller), renew],
    })
    return {
      workspace: () => transport,
      inEnvironment: () => transport,
      environment: async () => environment,
      environments: async () => [environment],
    }
  }
}
