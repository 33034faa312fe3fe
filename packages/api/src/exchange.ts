import type { IncomingHttpHeaders } from 'node:http'
import { Code, type ConnectError } from '@connectrpc/connect'
import { type Dispatcher, errors } from 'undici'
import { apiError } from './errors.js'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** One request over one connection of the pool. */
export interface Question extends Pick<Dispatcher.DispatchOptions, 'origin' | 'path' | 'body'> {
  readonly method: Dispatcher.HttpMethod
  readonly headers: Record<string, string>
}

/**
 * Sends one request and reads its whole answer.
 *
 * @throws the reason of the signal, or ConnectError for what became of the connection
 */
export function exchange(dispatcher: Dispatcher, question: Question, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    else dispatcher.dispatch(question, new Exchange(signal, resolve, reject))
  })
}

/** One request and its answer. */
class Exchange implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined
  #status = 0
  #headers: IncomingHttpHeaders = {}
  readonly #chunks: Buffer[] = []

  constructor(
    readonly signal: AbortSignal,
    readonly resolve: (answer: Answer) => void,
    readonly reject: (reason: unknown) => void,
  ) {
    signal.addEventListener('abort', this)
  }

  /** The signal aborts: the form of a listener that is an object (DOM, EventListener). */
  handleEvent(): void {
    this.#controller?.abort(this.signal.reason)
    this.#end()
    this.reject(this.signal.reason)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.signal.aborted) controller.abort(this.signal.reason)
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status
    this.#headers = headers
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    this.#end()
    const text = Buffer.concat(this.#chunks).toString('utf8')
    this.resolve({ status: this.#status, headers: this.#headers, text })
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#end()
    this.reject(this.signal.aborted ? this.signal.reason : connectionError(error))
  }

  #end(): void {
    this.signal.removeEventListener('abort', this)
  }
}

function connectionError(error: Error): ConnectError {
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) {
    return apiError(Code.DeadlineExceeded, 'The API did not answer in time', { cause: error })
  }
  if (error instanceof errors.ResponseExceededMaxSizeError) {
    return apiError(Code.Internal, 'The answer of the API is too large', { cause: error })
  }
  return apiError(Code.Unavailable, 'The API cannot be reached', { cause: error })
}
