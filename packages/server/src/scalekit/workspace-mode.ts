import { Code, ConnectError, type Interceptor, type Transport } from '@connectrpc/connect'
import { commons, createRestTransport, EnvironmentService } from '@scalekit-mcp/api'
import type { Caller, Secret } from '@scalekit-mcp/auth'
import type { WorkspaceModeConfig } from '../config.js'
import { digestOf } from '../digest.js'
import { ToolError, toToolError } from '../errors.js'
import { oncePerCaller } from '../once-per-caller.js'
import { ExpiringCache } from './expiring-cache.js'
import type { EnvironmentType, Upstream } from './scalekit.js'
import { serviceClient } from './service-client.js'
import { requestToken, type TokenEndpoint } from './token-endpoint.js'

const EARLY_MS = 10_000
/** How long the domain of an environment is remembered for one caller. */
const ENVIRONMENT_MS = 5_000

type HeaderFields = Record<string, string>

interface KnownEnvironment {
  readonly domain: string
  readonly type: EnvironmentType
}

/**
 * Calls the workspace's API as the member who calls this server: the caller's token is exchanged for one that
 * is meant for the API (RFC 8693). An environment is named by its domain, in the header `x-env-domain`.
 */
export function workspaceMode(
  config: WorkspaceModeConfig,
  endpoint: TokenEndpoint,
  policy: (caller: Caller) => Interceptor[],
): (caller: Caller) => Upstream {
  const tokens = new ExpiringCache<HeaderFields>(10_000, endpoint.now)
  const environments = new ExpiringCache<KnownEnvironment>(10_000)

  const authorizationOf = (caller: Caller): HeaderFields | Promise<HeaderFields> => {
    if (config.forwardCallerToken) return bearer(caller.token)
    return tokens.get(keyOf(caller), async () => {
      const token = await exchange(endpoint, caller)
      return { value: bearer(token.value), expiresAt: token.expiresAt - EARLY_MS }
    })
  }

  return (caller) => {
    /** A token that the API no longer accepts (its session ended, or it expired) is dropped: the next call gets a new one. */
    const forgetRefusedToken: Interceptor = (next) => async (request) => {
      try {
        return await next(request)
      } catch (error) {
        if (ConnectError.from(error).code === Code.Unauthenticated) tokens.delete(keyOf(caller))
        throw error
      }
    }
    const transport = (authorize: () => HeaderFields | Promise<HeaderFields>): Transport =>
      createRestTransport({
        baseUrl: config.workspaceUrl,
        dispatcher: endpoint.dispatcher,
        authorize,
        interceptors: [...policy(caller), forgetRefusedToken],
      })
    const authorize = () => authorizationOf(caller)
    const workspace = transport(authorize)
    const lookUp = (environmentId: string): KnownEnvironment | Promise<KnownEnvironment> => {
      const known = environments.get(`${keyOf(caller)} ${environmentId}`, async () => ({
        value: await readEnvironment(workspace, environmentId),
        expiresAt: Date.now() + ENVIRONMENT_MS,
      }))
      if (!(known instanceof Promise)) return known
      return known.catch((error: unknown) => {
        // Tried as often as it should be: the call that needs it must not repeat it.
        throw toToolError(error)
      })
    }
    return {
      workspace: () => workspace,
      inEnvironment: (environmentId) =>
        transport(async () => ({
          ...(await authorize()),
          'x-env-domain': (await lookUp(environmentId)).domain,
        })),
      environmentType: async (environmentId) => (await lookUp(environmentId)).type,
    }
  }
}

const bearer = (token: Secret): HeaderFields => ({ authorization: `Bearer ${token.reveal()}` })

/** The token as a key: it is not kept. */
const keyOf = oncePerCaller((caller) => digestOf(caller.token.reveal()))

/** RFC 8693 section 2.1: the caller's token for one with the same subject and scopes, for the API. */
function exchange(endpoint: TokenEndpoint, caller: Caller) {
  return requestToken(endpoint, {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: caller.token.reveal(),
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  })
}

/** A write must never go out without its environment, so an environment without a domain is an error. */
async function readEnvironment(transport: Transport, id: string): Promise<KnownEnvironment> {
  const { environment } = await serviceClient(EnvironmentService, transport).getEnvironment({ id })
  if (!environment?.domain || environment.id !== id) {
    throw new ToolError('upstream_unavailable', 'Scalekit did not name the domain of this environment.')
  }
  return {
    domain: environment.domain,
    type: environment.type === commons.EnvironmentType.DEV ? 'DEV' : 'PRD',
  }
}
