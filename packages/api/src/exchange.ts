import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'

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
 * Sends one request and reads its whole answer. It takes the pool's events as they come: a stream for each body, as
 * undici's `request` makes, takes as long as the rest.
 *
 * @throws the reason of the signal, or what undici says of the connection
 */
export function exchange(dispatcher: Dispatcher, question: Question, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    let controller: Dispatcher.DispatchController | undefined
    let status = 0
    let headers: IncomingHttpHeaders = {}
    const chunks: Buffer[] = []
    const onAbort = () => {
      controller?.abort(signal.reason)
      fail(signal.reason)
    }
    const fail = (error: unknown) => {
      signal.removeEventListener('abort', onAbort)
      reject(error)
    }
    signal.addEventListener('abort', onAbort)
    dispatcher.dispatch(question, {
      onRequestStart(started) {
        controller = started
        if (signal.aborted) started.abort(signal.reason)
      },
      onResponseStart(_, statusCode, received) {
        status = statusCode
        headers = received
      },
      onResponseData: (_, chunk) => void chunks.push(chunk),
      onResponseEnd() {
        signal.removeEventListener('abort', onAbort)
        resolve({ status, headers, text: Buffer.concat(chunks).toString('utf8') })
      },
      onResponseError: (_, error) => fail(error),
    })
  })
}
