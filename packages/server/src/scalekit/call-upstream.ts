import type { DescMessage, DescMethodUnary, MessageInitShape } from '@bufbuild/protobuf'
import type { ContextValues, Transport, UnaryResponse } from '@connectrpc/connect'
import { answerStatus } from '@scalekit-mcp/api'
import type { RequestAudit } from '../audit/request-audit.js'
import type { Metrics } from '../observe/metrics.js'
import type { KnownEnvironment, Upstream } from './scalekit.js'

type HeaderFields = ConstructorParameters<typeof Headers>[0]

/** What goes with the requests of a call. */
export interface Trail {
  /** Told the HTTP status of every answer, 0 where there was none. */
  readonly audit: Pick<RequestAudit, 'answered'>
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
    return new BoundTransport(this.#upstream.workspace(), this.#bounds)
  }

  inEnvironment(environmentId: string): Transport {
    return new BoundTransport(this.#upstream.inEnvironment(environmentId), this.#bounds)
  }

  environment(environmentId: string): Promise<KnownEnvironment> {
    return this.#upstream.environment(environmentId)
  }

  environments(): Promise<readonly KnownEnvironment[]> {
    return this.#upstream.environments()
  }
}

/** Its requests end with the call, and are counted. */
class BoundTransport implements Transport {
  readonly stream: Transport['stream']
  readonly #transport: Transport
  readonly #bounds: CallBounds

  constructor(transport: Transport, bounds: CallBounds) {
    this.stream = transport.stream
    this.#transport = transport
    this.#bounds = bounds
  }

  unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    own: AbortSignal | undefined,
    timeoutMs: number | undefined,
    header: HeaderFields,
    input: MessageInitShape<I>,
    contextValues?: ContextValues,
  ): Promise<UnaryResponse<I, O>> {
    const started = performance.now()
    const { signal, trail } = this.#bounds
    const ends = own ? AbortSignal.any([own, signal]) : signal
    const headers = trail?.traceparent === undefined ? header : { traceparent: trail.traceparent }
    return this.#transport.unary(method, ends, timeoutMs, headers, input, contextValues).then(
      (answer) => {
        this.#answered(200, started)
        return answer
      },
      (error: unknown) => {
        this.#answered(statusOf(error), started)
        throw error
      },
    )
  }

  #answered(status: number, started: number): void {
    const { trail, metrics } = this.#bounds
    trail?.audit.answered(status)
    metrics?.upstream(status, (performance.now() - started) / 1000)
  }
}

/** That of an answer which became an error of a tool, too; 0 where there was none. */
function statusOf(error: unknown): number {
  const { cause } = Object(error) as { cause?: { cause?: unknown } }
  return answerStatus(error) ?? answerStatus(cause?.cause) ?? 0
}
