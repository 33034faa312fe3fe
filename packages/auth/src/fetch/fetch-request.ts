import { concat } from '#platform'
import type { HttpRequest, Transport } from '../http-message.js'
import { brokenOff, checkBodyHeaders, checkBodySize } from '../json-body.js'
import type { FetchAnswer } from './fetch-answer.js'

/** A request of the Fetch API as the protection reads it. */
export class FetchRequest implements HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers: HttpRequest['headers']
  readonly rawHeaders: string[]
  /** What has been read of the body: once, so that handlers get these bytes. */
  bytes: Uint8Array | undefined

  constructor(readonly request: Request) {
    this.method = request.method
    this.headers = Object.fromEntries(request.headers)
    // Next.js writes its own host into the URL; what the client has sent is in `Host`.
    this.url = this.headers.host === undefined ? request.url : targetOf(request.url)
    this.rawHeaders = [...request.headers].flat()
  }

  /** The request for the handler: with the body, and with the headers as the protection has left them. */
  forHandler(): Request {
    const { request, bytes, headers } = this
    if (bytes === undefined) return request
    const own = new Headers(request.headers)
    if (headers.accept !== undefined) own.set('accept', headers.accept)
    return new Request(request.url, {
      method: request.method,
      headers: own,
      body: bytes as Uint8Array<ArrayBuffer>,
      signal: request.signal,
    })
  }
}

/** The path and query of a URL, as they are written there. */
const targetOf = (url: string) => url.replace(/^[a-z]+:\/\/[^/?#]*/i, '')

const BODY_IS_READ =
  'The body was read before mcpAuth: give it the request as it came, and read the message from the second argument of your handler.'

export const fetchTransport: Transport<FetchRequest, FetchAnswer> = {
  async readBody(req) {
    checkBodyHeaders(req)
    if (req.request.bodyUsed) throw new Error(BODY_IS_READ)
    req.bytes = await readBytes(req.request)
    return req.bytes
  },
  // The Fetch API has no address; the option `addressOf` reads the header in which the runtime gives it.
  addressOf: () => '',
}

async function readBytes({ body }: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunksOf(body)) {
    size += chunk.byteLength
    checkBodySize(size)
    chunks.push(chunk)
  }
  return concat(chunks)
}

/** Not the stream's own iterator, which some runtimes lack. What is not read is cancelled. */
async function* chunksOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader()
  try {
    for (;;) {
      const read = await reader?.read().catch(() => Promise.reject(brokenOff()))
      if (!read || read.done) return
      yield read.value
    }
  } finally {
    void reader?.cancel().catch(() => undefined)
  }
}
