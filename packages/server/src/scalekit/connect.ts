import type { Transport } from '@connectrpc/connect'
import type { Caller } from '@scalekit-mcp/auth'
import { Agent, type Dispatcher } from 'undici'
import type { Config } from '../config.js'
import { environmentMode } from './environment-mode.js'
import { createScalekit, type Scalekit, type Upstream } from './scalekit.js'
import { createTurns } from './turns.js'
import { workspaceMode } from './workspace-mode.js'

/** Gives the API as one caller may use it, for as long as the signal lasts. */
export type ScalekitFor = (caller: Caller, signal: AbortSignal) => Scalekit

export interface Connection {
  readonly scalekit: ScalekitFor
  /** The pool, for other requests of this server. */
  readonly dispatcher: Dispatcher
  close(): Promise<void>
}

/** Opens one pool of connections to Scalekit, in the mode that the configuration decides. */
export function connectScalekit(config: Config): Connection {
  const dispatcher = new Agent({
    connections: 64,
    connect: { timeout: 1_000 },
    headersTimeout: 3_000,
    bodyTimeout: 3_000,
    keepAliveTimeout: 10_000,
    maxResponseSize: 2 * 1024 * 1024,
  })
  const base =
    config.upstream.mode === 'workspace' ? config.upstream.workspaceUrl : config.upstream.environmentUrl
  const endpoint = {
    url: `${base}/oauth/token`,
    clientId: config.clientId,
    clientSecret: config.clientSecret,
    dispatcher,
  }
  const upstreamFor = openUpstream(config, endpoint)
  const inTurn = createTurns()
  return {
    scalekit: (caller, signal) => createScalekit(withSignal(upstreamFor(caller), signal), inTurn),
    dispatcher,
    close: () => dispatcher.close(),
  }
}

function openUpstream(
  config: Config,
  endpoint: Parameters<typeof environmentMode>[1],
): (caller: Caller) => Upstream {
  if (config.upstream.mode === 'workspace') return workspaceMode(config.upstream, endpoint)
  const upstream = environmentMode(config.upstream, endpoint)
  return () => upstream
}

/** Ends every request of a call when the call ends: its deadline, or a client that has gone. */
function withSignal(upstream: Upstream, signal: AbortSignal): Upstream {
  const bind = (transport: Transport): Transport => ({
    unary: (method, own, ...rest) =>
      transport.unary(method, own ? AbortSignal.any([own, signal]) : signal, ...rest),
    stream: (method, own, ...rest) =>
      transport.stream(method, own ? AbortSignal.any([own, signal]) : signal, ...rest),
  })
  return {
    workspace: bind(upstream.workspace),
    inEnvironment: (environmentId) => bind(upstream.inEnvironment(environmentId)),
    environmentType: (environmentId) => upstream.environmentType(environmentId),
  }
}
