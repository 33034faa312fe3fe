import {
  create,
  type DescMessage,
  type DescMethodUnary,
  fromJson,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf'
import {
  Code,
  ConnectError,
  type ContextValues,
  createContextValues,
  type Interceptor,
  type Transport,
  type UnaryResponse,
} from '@connectrpc/connect'
import { createMethodUrl } from '@connectrpc/connect/protocol'
import { Agent, type Dispatcher } from 'undici'
import { endsWithin } from './ends-within.js'
import { errorFromJson } from './error-json.js'
import { apiError } from './errors.js'
import { type Answer, exchange } from './exchange.js'
import { parseJson } from './json.js'
import { restRequest } from './rest-request.js'
import { registry } from './services.js'

export interface RestTransportOptions {
  /** The API's origin, with a path before `/api/v1` if it has one. */
  readonly baseUrl: string
  /** Headers for one call, such as `authorization`; asked for every call. */
  readonly authorize?: () => Promise<Record<string, string>>
  /** Headers of every call. */
  readonly headers?: Readonly<Record<string, string>>
  /** Deadline of a call that names none. */
  readonly timeoutMs?: number
  /** Connections to use instead of the transport's own; its limits are then the caller's matter. */
  readonly dispatcher?: Dispatcher
  readonly interceptors?: Interceptor[]
}

const MAX_RESPONSE_BYTES = 2 * 1024 * 1024

/**
 * A Connect transport that speaks the REST form of the management API, by the `google.api.http` rules of
 * the descriptors. One call is one request: nothing is repeated here, and a redirect is an error.
 *
 * A call ends with the signal that it is given. Connect's `runUnaryCall` makes another one for each call and aborts it when the
 * answer has come, which costs more than reading the answer.
 */
export function createRestTransport(options: RestTransportOptions): Transport {
  const base = options.baseUrl.replace(/\/+$/, '')
  const { origin, pathname } = new URL(base)
  const prefix = pathname.replace(/\/+$/, '')
  const dispatcher = options.dispatcher ?? createAgent()
  const send: Send = async (call) => {
    if (call.stream) throw noStreams()
    const rest = restRequest(call.method, call.message)
    const headers = {
      ...options.headers,
      ...Object.fromEntries(call.header),
      accept: 'application/json',
      ...(rest.body !== null && { 'content-type': 'application/json' }),
      ...(await options.authorize?.()),
    }
    const path = prefix + rest.path + (rest.query && `?${rest.query}`)
    const question = { origin, path, method: rest.verb, headers, body: rest.body }
    return answerOf(call.method, await exchange(dispatcher, question, call.signal))
  }
  const call = (options.interceptors ?? []).reduceRight((next, interceptor) => interceptor(next), send)
  return {
    async unary<I extends DescMessage, O extends DescMessage>(
      method: DescMethodUnary<I, O>,
      signal: AbortSignal = new AbortController().signal,
      timeoutMs = options.timeoutMs,
      header: HeaderFields,
      input: MessageInitShape<I>,
      contextValues: ContextValues = createContextValues(),
    ) {
      const ends = timeoutMs === undefined ? signal : endsWithin(timeoutMs, signal)
      try {
        const answer = await call({
          stream: false,
          service: method.parent,
          method,
          requestMethod: 'POST',
          url: createMethodUrl(base, method),
          header: new Headers(header),
          contextValues,
          message: create(method.input, input),
          signal: ends,
        })
        return answer as UnaryResponse<I, O>
      } catch (error) {
        throw ends.aborted ? endedBy(ends.reason) : ConnectError.from(error)
      }
    },
    async stream() {
      throw noStreams()
    },
  }
}

/** What an interceptor stands before. */
type Send = Parameters<Interceptor>[0]

type HeaderFields = ConstructorParameters<typeof Headers>[0]

const noStreams = () => apiError(Code.Unimplemented, 'The REST API has no streaming methods')

function endedBy(reason: unknown): ConnectError {
  const timedOut = reason instanceof DOMException && reason.name === 'TimeoutError'
  return timedOut
    ? apiError(Code.DeadlineExceeded, 'The time of the call is over', { cause: reason })
    : ConnectError.from(reason, Code.Canceled)
}

/** Connect within 1 s, first byte and silence within 3 s; a waiting connection keeps no process alive. */
function createAgent(): Agent {
  return new Agent({
    connect: { timeout: 1_000 },
    headersTimeout: 3_000,
    bodyTimeout: 3_000,
    maxResponseSize: MAX_RESPONSE_BYTES,
  })
}

/** @throws ConnectError where the API refused or failed, or answered with something else than the message */
function answerOf<I extends DescMessage, O extends DescMessage>(
  method: DescMethodUnary<I, O>,
  answer: Answer,
): UnaryResponse<I, O> {
  const { status, text } = answer
  const body = parseJson(text)
  if (status < 200 || status > 299) throw errorFromJson(status, body, headersOf(answer))
  // Only where there is nothing to say may an answer be empty: an empty list would be a false one.
  const nothing = text === '' && method.output.typeName === 'google.protobuf.Empty'
  const message = nothing ? create(method.output) : readMessage(method.output, body, answer)
  return {
    stream: false,
    service: method.parent,
    method,
    message,
    // Few callers read them.
    get header() {
      return headersOf(answer)
    },
    get trailer() {
      return new Headers()
    },
  }
}

function readMessage<O extends DescMessage>(
  output: O,
  body: ReturnType<typeof parseJson>,
  answer: Answer,
): MessageShape<O> {
  try {
    return fromJson(output, body ?? '', { registry, ignoreUnknownFields: true })
  } catch (error) {
    throw new ConnectError(
      'The API answered with something else than its JSON',
      Code.Internal,
      headersOf(answer),
      undefined,
      error,
    )
  }
}

function headersOf({ headers }: Answer): Headers {
  const header = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    for (const item of [value ?? []].flat()) header.append(name, item)
  }
  return header
}
