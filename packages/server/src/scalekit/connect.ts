import type { Interceptor } from '@connectrpc/connect'
import type { Caller } from '@scalekit-mcp/auth'
import type { Dispatcher } from 'undici'
import type { Config } from '../config/config.js'
import type { Metrics } from '../observe/metrics.js'
import { oncePerToken } from '../once-per-token.js'
import { createBreaker } from '../upstream/breaker.js'
import { createPool } from '../upstream/pool.js'
import { createReachability } from '../upstream/reachable.js'
import { retryReads } from '../upstream/retry-reads.js'
import { CallUpstream, type Trail } from './call-upstream.js'
import { type CredentialState, createCredentialCheck } from './credential-check.js'
import { environmentMode } from './environment-mode.js'
import { Scalekit, type Upstream } from './scalekit.js'
import type { TokenEndpoint, TokenRefusal } from './token-endpoint.js'
import { createTurns } from './turns.js'
import { workspaceMode } from './workspace-mode.js'

/** Gives the API as one caller may use it, for as long as the signal lasts. */
export type ScalekitFor = (caller: Caller, signal: AbortSignal, trail?: Trail) => Scalekit

/** What stands between a call and the wire, the outermost first. */
export type PolicyFor = (caller: Caller) => Interceptor[]

export interface Connection {
  readonly scalekit: ScalekitFor
  /** The pool, for other requests of this server. */
  readonly dispatcher: Dispatcher
  /** Whether the API answers at all. */
  reachable(): Promise<boolean>
  /** Whether the authorization server accepts this server's own credentials. */
  credentials(): Promise<CredentialState>
  close(): Promise<void>
}

/**
 * Opens one pool of connections to Scalekit, in the mode that the configuration decides.
 *
 * @param onRefused told when the authorization server does not accept this server's own credentials
 */
export function connectScalekit(
  config: Config,
  metrics?: Metrics,
  now: () => number = Date.now,
  onRefused: (refusal: TokenRefusal) => void = () => undefined,
): Connection {
  const dispatcher = createPool(config.timeouts, config.proxy)
  const base =
    config.upstream.mode === 'workspace' ? config.upstream.workspaceUrl : config.upstream.environmentUrl
  const endpoint: TokenEndpoint = {
    url: `${base}/oauth/token`,
    clientId: config.clientId,
    clientSecret: config.clientSecret,
    dispatcher,
    now,
  }
  const breaker = createBreaker()
  const upstreamFor = oncePerToken(openUpstream(config, endpoint, (caller) => [breaker(caller), retryReads]))
  const inTurn = createTurns()
  return {
    scalekit: (caller, signal, trail) =>
      new Scalekit(new CallUpstream(upstreamFor(caller), { signal, trail, metrics }), inTurn),
    dispatcher,
    reachable: createReachability(base, dispatcher),
    credentials: createCredentialCheck(endpoint, onRefused),
    close: () => dispatcher.close(),
  }
}

function openUpstream(
  config: Config,
  endpoint: TokenEndpoint,
  policy: PolicyFor,
): (caller: Caller) => Upstream {
  return config.upstream.mode === 'workspace'
    ? workspaceMode(config.upstream, endpoint, policy)
    : environmentMode(config.upstream, endpoint, policy)
}
