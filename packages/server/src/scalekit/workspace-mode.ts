import { Code, ConnectError, createClient, type Interceptor, type Transport } from '@connectrpc/connect'
import { commons, createRestTransport, EnvironmentService, type environments } from '@scalekit-mcp/api'
import type { Caller, Secret } from '@scalekit-mcp/auth'
import { digestOf } from '../call/digest.js'
import type { WorkspaceModeConfig } from '../config/config.js'
import { callerTokenRefused, ToolError, toToolError } from '../errors.js'
import { ExpiringCache } from './expiring-cache.js'
import { isUnauthenticated, renewToken } from './renew-token.js'
import type { KnownEnvironment, Upstream } from './scalekit.js'
import { requestToken, type TokenEndpoint, TokenRefusal } from './token-endpoint.js'

const EARLY_MS = 10_000
/** How long environments are remembered for one caller. */
const ENVIRONMENT_MS = 5_000

type HeaderFields = Record<string, string>

interface AddressedEnvironment extends KnownEnvironment {
  readonly domain: string
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
  const addresses = new ExpiringCache<AddressedEnvironment>(10_000)
  const lists = new ExpiringCache<readonly KnownEnvironment[]>(10_000)

  const authorizationOf = async (caller: Caller, key: string): Promise<HeaderFields> => {
    if (config.forwardCallerToken) return bearer(caller.token)
    return tokens.get(key, async () => {
      const token = await exchange(endpoint, caller)
      return { value: bearer(token.value), expiresAt: token.expiresAt - EARLY_MS }
    })
  }

  return (caller) => {
    // The token as a key: it is not kept.
    const key = digestOf(caller.token.reveal())
    const authorize = () => authorizationOf(caller, key)
    const renew = config.forwardCallerToken
      ? refuseForwardedToken
      : renewToken({
          current: authorize,
          drop: (token) => tokens.drop(key, token),
          refusal: callerTokenRefused,
        })
    const workspace = createRestTransport({
      baseUrl: config.workspaceUrl,
      dispatcher: endpoint.dispatcher,
      authorize,
      interceptors: [...policy(caller), renew],
    })
    const remember = <Value>(cache: ExpiringCache<Value>, id: string, read: () => Promise<Value>) =>
      cache
        .get(id, async () => ({ value: await read(), expiresAt: Date.now() + ENVIRONMENT_MS }))
        .catch((error: unknown) => {
          // Tried as often as it should be: the call that needs it must not repeat it.
          throw toToolError(error)
        })
    const lookUp = (environmentId: string): Promise<AddressedEnvironment> =>
      remember(addresses, `${key} ${environmentId}`, () => readEnvironment(workspace, environmentId))
    return {
      workspace: () => workspace,
      inEnvironment: (environmentId) => naming(workspace, () => lookUp(environmentId)),
      environment: lookUp,
      environments: () => remember(lists, key, () => listEnvironments(workspace)),
    }
  }
}

/** The same requests, about one environment. */
function naming(workspace: Transport, environment: () => Promise<AddressedEnvironment>): Transport {
  return {
    stream: workspace.stream,
    async unary(method, signal, timeoutMs, header, input, contextValues) {
      const { domain } = await environment()
      const headers = new Headers(header)
      headers.set('x-env-domain', domain)
      return workspace.unary(method, signal, timeoutMs, headers, input, contextValues)
    },
  }
}

const bearer = (token: Secret): HeaderFields => ({ authorization: `Bearer ${token.reveal()}` })

/** Only the client can replace it. */
const refuseForwardedToken: Interceptor = (next) => (request) =>
  next(request).catch((error: unknown) => {
    throw isUnauthenticated(error) ? callerTokenRefused(error) : error
  })

/**
 * RFC 8693 section 2.2.2 has `invalid_request` for a subject token that is not acceptable; other authorization servers say
 * `invalid_grant`, as for the grants of RFC 6749 section 5.2, or `invalid_token`. Every other code is about this server.
 */
const REFUSED_SUBJECT: ReadonlySet<string> = new Set(['invalid_request', 'invalid_grant', 'invalid_token'])

/** RFC 8693 section 2.1: the caller's token for one with the same subject and scopes, for the API. */
function exchange(endpoint: TokenEndpoint, caller: Caller) {
  return requestToken(endpoint, {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: caller.token.reveal(),
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  }).catch((error: unknown) => {
    const { cause } = Object(error) as { cause?: unknown }
    throw cause instanceof TokenRefusal && REFUSED_SUBJECT.has(cause.code) ? callerTokenRefused(cause) : error
  })
}

/** A write must never go out without its environment, so an environment without a domain is an error. */
async function readEnvironment(transport: Transport, id: string): Promise<AddressedEnvironment> {
  const { environment } = await createClient(EnvironmentService, transport)
    .getEnvironment({ id })
    .catch((cause: unknown) => {
      throw ConnectError.from(cause).code === Code.NotFound ? unknownEnvironment(id, cause) : cause
    })
  if (!environment?.domain || environment.id !== id) {
    throw new ToolError('upstream_unavailable', 'Scalekit did not name the domain of this environment.')
  }
  return { ...toKnown(environment), domain: environment.domain }
}

function unknownEnvironment(id: string, cause: unknown): ToolError {
  return new ToolError('not_found', `This account has no environment ${id}.`, {
    nextStep: 'Check the id with list_environments.',
    cause,
  })
}

async function listEnvironments(transport: Transport): Promise<readonly KnownEnvironment[]> {
  const api = createClient(EnvironmentService, transport)
  const found: KnownEnvironment[] = []
  let pageToken = ''
  do {
    const page = await api.listEnvironment({ pageSize: 100, pageToken })
    found.push(...page.environments.map(toKnown))
    pageToken = page.nextPageToken
  } while (pageToken !== '')
  return found
}

const toKnown = ({ id, displayName, type }: environments.Environment): KnownEnvironment => ({
  id,
  name: displayName,
  type: type === commons.EnvironmentType.DEV ? 'DEV' : 'PRD',
  ...(isKnownType(type) ? {} : { typeAssumed: 'Scalekit does not say its type' }),
})

const isKnownType = (type: commons.EnvironmentType) =>
  type === commons.EnvironmentType.DEV || type === commons.EnvironmentType.PRD
