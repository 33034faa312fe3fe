import type { Interceptor, Transport } from '@connectrpc/connect'
import { answerStatus } from '@scalekit-mcp/api'
import type { Caller } from '@scalekit-mcp/auth'
import type { Dispatcher } from 'undici'
import type { Config } from '../config.js'
import { createBreaker } from '../upstream/breaker.js'
import { createPool } from '../upstream/pool.js'
import { createReachability } from '../upstream/reachable.js'
import { retryReads } from '../upstream/retry-reads.js'
import { environmentMode } from './environment-mode.js'
import { createScalekit, type Scalekit, type Upstream } from './scalekit.js'
import type { TokenEndpoint } from './token-endpoint.js'
import { createTurns } from './turns.js'
import { workspaceMode } from './workspace-mode.js'

/**
 * Gives the API as one caller may use it, for as long as the signal lasts. `onAnswer` is told the HTTP status of every
 * answer, 0 where there was none.
 */
export type ScalekitFor = (
  caller: Caller,
  signal: AbortSignal,
  onAnswer?: (status: number) => void,
) => Scalekit

/** What stands between a call and the wire, the outermost first. */
export type PolicyFor = (caller: Caller) => Interceptor[]

export interface Connection {
  readonly scalekit: ScalekitFor
  /** The pool, for other requests of this server. */
  readonly dispatcher: Dispatcher
  /** Whether the API answers at all. */
  reachable(): Promise<boolean>
  close(): Promise<void>
}

/** Opens one pool of connections to Scalekit, in the mode that the configuration decides. */
export function connectScalekit(config: Config): Connection {
  const dispatcher = createPool()
  const base =
    config.upstream.mode === 'workspace' ? config.upstream.workspaceUrl : config.upstream.environmentUrl
  const endpoint: TokenEndpoint = {
    url: `${base}/oauth/token`,
    clientId: config.clientId,
    clientSecret: config.clientSecret,
    dispatcher,
  }
  const breaker = createBreaker()
  const upstreamFor = openUpstream(config, endpoint, (caller) => [breaker(caller), retryReads])
  const inTurn = createTurns()
  return {
    scalekit: (caller, signal, onAnswer) =>
      createScalekit(forCall(upstreamFor(caller), signal, onAnswer), inTurn),
    dispatcher,
    reachable: createReachability(base, dispatcher),
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

/** Ends every request of a call when the call ends: its deadline, or a client that has gone. */
function forCall(
  upstream: Upstream,
  signal: AbortSignal,
  onAnswer: (status: number) => void = () => undefined,
): Upstream {
  const bind = (transport: Transport): Transport => ({
    async unary(method, own, ...rest) {
      const ends = own ? AbortSignal.any([own, signal]) : signal
      try {
        const answer = await transport.unary(method, ends, ...rest)
        onAnswer(200)
        return answer
      } catch (error) {
        onAnswer(answerStatus(error) ?? 0)
        throw error
      }
    },
    stream: transport.stream.bind(transport),
  })
  return {
    get workspace() {
      return bind(upstream.workspace)
    },
    inEnvironment: (environmentId) => bind(upstream.inEnvironment(environmentId)),
    environmentType: (environmentId) => upstream.environmentType(environmentId),
  }
}
