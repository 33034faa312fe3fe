import { concat } from '#platform'
import type { AnswerHeaders, HttpAnswer, UnreadBody } from '../http-message.js'

/** The runtime reads or drops what is left of a body. */
const NOTHING_UNREAD: UnreadBody = {
  complete: true,
  headers: {},
  once: () => NOTHING_UNREAD,
  resume: () => undefined,
}

const encoder = new TextEncoder()

/** Fetch, section 2.2.3: a response with such a status has no body. */
const WITHOUT_BODY = new Set([101, 103, 204, 205, 304])

/** Headers of a handler that do not replace what the protection has set: the answer depends on `Origin` as well. */
const ADDED = new Set(['set-cookie', 'vary'])

/** An answer as the protection writes it, for the Fetch API. */
export class FetchAnswer implements HttpAnswer {
  readonly req = NOTHING_UNREAD
  statusCode = 200
  statusMessage = ''
  headersSent = false
  writableEnded = false
  readonly #headers = new Headers()
  readonly #chunks: Uint8Array[] = []

  setHeader(name: string, value: AnswerHeaders[string]): void {
    this.#headers.set(name, [value].flat().join(', '))
  }

  getHeader(name: string): string | undefined {
    return this.#headers.get(name) ?? undefined
  }

  removeHeader(name: string): void {
    this.#headers.delete(name)
  }

  writeHead(status: number): void {
    this.statusCode = status
    this.headersSent = true
  }

  flushHeaders(): void {
    this.headersSent = true
  }

  write(chunk: string | Uint8Array): boolean {
    this.headersSent = true
    this.#chunks.push(typeof chunk === 'string' ? encoder.encode(chunk) : chunk)
    return true
  }

  end(chunk?: string | Uint8Array): void {
    if (chunk !== undefined) this.write(chunk)
    this.headersSent = true
    this.writableEnded = true
  }

  /** What has been written. */
  toResponse(): Response {
    return this.#responseWith(concat(this.#chunks) as Uint8Array<ArrayBuffer>)
  }

  /**
   * The answer of a handler: with the headers that the protection has set, and as the media type that the client accepts,
   * where `answerAsAccepted` replaced the methods of this object to convert it.
   *
   * @param signal of the client: the rest of an answer that nobody waits for is cancelled
   */
  async answerWith(response: Response, signal: AbortSignal): Promise<Response> {
    this.statusCode = response.status
    this.statusMessage = response.statusText
    for (const [name, value] of response.headers) {
      if (ADDED.has(name)) this.#headers.append(name, value)
      else this.#headers.set(name, value)
    }
    this.writeHead(response.status)
    if (this.headersSent) return this.#responseWith(response.body)
    const reader = response.body?.getReader()
    const cancel = () => void reader?.cancel(signal.reason).catch(() => undefined)
    signal.addEventListener('abort', cancel)
    if (signal.aborted) cancel()
    while (reader && !this.writableEnded) {
      const { done, value } = await reader.read()
      if (done) break
      this.write(value)
    }
    signal.removeEventListener('abort', cancel)
    if (this.writableEnded) await reader?.cancel()
    else this.end()
    return this.toResponse()
  }

  #responseWith(body: Uint8Array<ArrayBuffer> | ReadableStream | null): Response {
    const { statusCode: status, statusMessage: statusText } = this
    return new Response(WITHOUT_BODY.has(status) ? null : body, {
      status,
      statusText,
      headers: this.#headers,
    })
  }
}
