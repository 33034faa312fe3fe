import { createParser } from 'eventsource-parser'
import { byteLength, bytesOf, concat, utf8Of } from '#platform'
import { ERRORS } from './errors.js'
import type { AnswerHeaders, HttpAnswer } from './http-message.js'
import { type PreparedJson, prepareJson, sendPrepared } from './send.js'

export const JSON_TYPE = 'application/json'
export const STREAM_TYPE = 'text/event-stream'
/** How an answer to a JSON-RPC request can be sent (MCP, Streamable HTTP). */
export type AnswerType = typeof JSON_TYPE | typeof STREAM_TYPE

/** Collects what a handler writes, and makes the answer that is sent instead. */
interface Conversion {
  /** @returns the answer, as soon as it is known */
  take(chunk: Uint8Array): PreparedJson | undefined
  end(): PreparedJson
}

/**
 * Sends an answer of the other media type as `type`: the response in a stream as one JSON document, a JSON document as a
 * stream of one event. Other answers pass through; errors stay JSON (RFC 9110 section 15.5.7).
 *
 * @param id of the request, for an error that takes the place of its response
 */
export function convertAnswer(res: HttpAnswer, type: AnswerType, id: string | number | null): void {
  if (type === JSON_TYPE) replaceAnswer(res, () => typeOf(res) === STREAM_TYPE, new ResponseOfStream(id))
  else {
    const isHeld = () => typeOf(res) === JSON_TYPE && res.statusCode === 200
    replaceAnswer(res, isHeld, new StreamOfDocument())
  }
}

/**
 * Sends another response instead of the handler's, as one JSON document or as a stream of one event. Errors pass through.
 *
 * @param type the one type that the client accepts; undefined: JSON
 * @param id of the request, for an error that takes the place of a response that cannot be read
 */
export function changeAnswer(
  res: HttpAnswer,
  type: AnswerType | undefined,
  id: string | number | null,
  change: (response: unknown) => unknown,
): void {
  const isHeld = () => res.statusCode === 200
  replaceAnswer(res, isHeld, new ChangedResponse(id, type, () => typeOf(res) === STREAM_TYPE, change))
}

/** Holds what a handler writes back while `isHeld`, and sends what the conversion makes of it. */
function replaceAnswer(res: HttpAnswer, isHeld: () => boolean, conversion: Conversion): void {
  const { writeHead, flushHeaders, write, end } = res
  let sent = false

  const release = () => void Object.assign(res, { writeHead, flushHeaders, write, end })
  const send = (answer: PreparedJson | undefined) => {
    if (!answer || sent) return
    sent = true
    release()
    for (const name of REPLACED_HEADERS) res.removeHeader(name)
    sendPrepared(res, answer)
    // A handler may write more after its response.
    Object.assign(res, { write: () => true, end: () => res })
  }
  const take = ([chunk, ...rest]: readonly unknown[]) => {
    const bytes = typeof chunk === 'string' ? bytesOf(chunk, encodingIn(rest)) : chunk
    if (bytes instanceof Uint8Array) send(conversion.take(bytes))
    const done = [chunk, ...rest].find((each) => typeof each === 'function')
    if (done) queueMicrotask(done as () => void)
  }

  Object.assign(res, {
    writeHead(status: number, ...[reason, headers = reason]: unknown[]) {
      res.statusCode = status
      if (typeof reason === 'string') res.statusMessage = reason
      setHeaders(res, headers)
      if (isHeld()) return res
      release()
      return res.writeHead(status)
    },
    flushHeaders() {
      if (isHeld()) return
      release()
      res.flushHeaders()
    },
    write(...chunks: Parameters<typeof write>) {
      if (isHeld()) {
        take(chunks)
        return true
      }
      release()
      return res.write(...chunks)
    },
    end(...chunks: Parameters<typeof end>) {
      if (isHeld()) {
        take(chunks)
        send(conversion.end())
        return res
      }
      release()
      return res.end(...chunks)
    },
  })
}

function typeOf(res: HttpAnswer): string | undefined {
  return String(res.getHeader('content-type')).split(';')[0]?.trim().toLowerCase()
}

/** Node accepts an object, or names and values in turn. */
function setHeaders(res: HttpAnswer, headers: unknown): void {
  if (Array.isArray(headers)) {
    for (let i = 0; i < headers.length; i += 2) res.setHeader(headers[i], headers[i + 1])
  } else if (typeof headers === 'object') {
    for (const [name, value] of Object.entries(headers as AnswerHeaders)) {
      if (value !== undefined) res.setHeader(name, value)
    }
  }
}

function encodingIn([encoding]: readonly unknown[]): string | undefined {
  return typeof encoding === 'string' ? encoding : undefined
}

/** They describe the body that is not sent. */
const REPLACED_HEADERS = ['Content-Length', 'Transfer-Encoding', 'ETag', 'Cache-Control', 'X-Accel-Buffering']

/** The JSON-RPC response in a stream. Notifications are dropped, as the SDKs do where they answer in JSON. */
class ResponseOfStream implements Conversion {
  #answer: PreparedJson | undefined
  readonly #decoder = new TextDecoder()
  readonly #id: string | number | null
  readonly #parser = createParser({
    onEvent: ({ data }) => {
      this.#answer ??= answerIn(data, this.#id)
    },
  })

  constructor(id: string | number | null) {
    this.#id = id
  }

  take(chunk: Uint8Array): PreparedJson | undefined {
    this.#parser.feed(this.#decoder.decode(chunk, { stream: true }))
    return this.#answer
  }

  end(): PreparedJson {
    return this.#answer ?? rpcError(500, this.#id, -32603, 'The call ended without a response.')
  }
}

function answerIn(data: string, requestId: string | number | null): PreparedJson | undefined {
  // The first event of a resumable stream has no data (MCP 2025-11-25, Streamable HTTP).
  if (data === '') return undefined
  const message: unknown = JSON.parse(data)
  if (!Object.hasOwn(Object(message), 'method')) return prepareBody(JSON_TYPE, data)
  if (!Object.hasOwn(Object(message), 'id')) return undefined
  const { status, rpc } = ERRORS.not_acceptable
  return rpcError(
    status,
    requestId,
    rpc,
    `The call asks the client a question, which needs a stream. Send Accept: ${JSON_TYPE}, ${STREAM_TYPE}.`,
  )
}

function rpcError(status: number, id: string | number | null, code: number, message: string): PreparedJson {
  return prepareJson(status, { jsonrpc: '2.0', id, error: { code, message } })
}

/** The response in a document or a stream, changed. What is neither is a fault of the handler. */
class ChangedResponse implements Conversion {
  readonly #stream: ResponseOfStream
  readonly #document: Uint8Array[] = []

  constructor(
    readonly id: string | number | null,
    readonly type: AnswerType | undefined,
    readonly isStream: () => boolean,
    readonly change: (response: unknown) => unknown,
  ) {
    this.#stream = new ResponseOfStream(id)
  }

  take(chunk: Uint8Array): PreparedJson | undefined {
    if (!this.isStream()) this.#document.push(chunk)
    const answer = this.isStream() ? this.#stream.take(chunk) : undefined
    return answer && this.#changed(answer)
  }

  end(): PreparedJson {
    const document = utf8Of(concat(this.#document))
    return this.#changed(this.isStream() ? this.#stream.end() : prepareBody(JSON_TYPE, document))
  }

  #changed(answer: PreparedJson): PreparedJson {
    if (answer.status !== 200) return answer
    try {
      const body = JSON.stringify(this.change(JSON.parse(answer.body)))
      return this.type === STREAM_TYPE ? eventOf(body) : prepareBody(JSON_TYPE, body)
    } catch {
      return rpcError(500, this.id, -32603, 'The call ended without a response.')
    }
  }
}

/** A stream with one event (HTML Standard, server-sent events). */
class StreamOfDocument implements Conversion {
  readonly #chunks: Uint8Array[] = []

  take(chunk: Uint8Array): undefined {
    this.#chunks.push(chunk)
  }

  end(): PreparedJson {
    return eventOf(utf8Of(concat(this.#chunks)))
  }
}

function eventOf(document: string): PreparedJson {
  const event = `event: message\ndata: ${document.replace(/\r\n?|\n/g, '\ndata: ')}\n\n`
  return prepareBody(STREAM_TYPE, event, [
    ['Cache-Control', 'no-cache, no-transform'],
    ['X-Accel-Buffering', 'no'],
  ])
}

function prepareBody(type: AnswerType, body: string, headers: PreparedJson['headers'] = []): PreparedJson {
  return {
    status: 200,
    headers: [['Content-Type', type], ['Content-Length', byteLength(body)], ...headers],
    body,
  }
}
