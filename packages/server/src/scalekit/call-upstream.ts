import type { Transport } from '@connectrpc/connect'
import { answerStatus } from '@scalekit-mcp/api'
import type { Metrics } from '../observe/metrics.js'
import type { EnvironmentType, Upstream } from './scalekit.js'

/** What goes with the requests of a call. */
export interface Trail {
  /** Told the HTTP status of every answer, 0 where there was none. */
  readonly answered: (status: number) => void
  /** Of the trace that the call belongs to (W3C Trace Context). */
  readonly traceparent: string | undefined
}

/** What the requests of one call share. */
export interface CallBounds {
  /** Every request ends with the call: its deadline, or a client that has gone. */
  readonly signal: AbortSignal
  readonly trail: Trail | undefined
  readonly metrics: Metrics | undefined
}

/** An upstream as one call uses it. */
export class CallUpstream implements Upstream {
  readonly #upstream: Upstream
  readonly #bounds: CallBounds

  constructor(upstream: Upstream, bounds: CallBounds) {
    this.#upstream = upstream
    this.#bounds = bounds
  }

  workspace(): Transport {
    return bind(this.#upstream.workspace(), this.#bounds)
  }

  inEnvironment(environmentId: string): Transport {
    return bind(this.#upstream.inEnvironment(environmentId), this.#bounds)
  }

  environmentType(environmentId: string): Promise<EnvironmentType> {
    return this.#upstream.environmentType(environmentId)
  }
}

function bind(transport: Transport, { signal, trail, metrics }: CallBounds): Transport {
  const headers = trail?.traceparent === undefined ? undefined : { traceparent: trail.traceparent }
  return {
    async unary(method, own, timeoutMs, header, ...rest) {
      const started = performance.now()
      const answered = (status: number) => {
        trail?.answered(status)
        metrics?.upstream(status, (performance.now() - started) / 1000)
      }
      const ends = own ? AbortSignal.any([own, signal]) : signal
      try {
        const answer = await transport.unary(method, ends, timeoutMs, headers ?? header, ...rest)
        answered(200)
        return answer
      } catch (error) {
        answered(answerStatus(error) ?? 0)
        throw error
      }
    },
    stream: transport.stream,
  }
}
