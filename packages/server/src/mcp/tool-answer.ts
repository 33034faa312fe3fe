import type { ServerResponse } from 'node:http'
import { type AnswerType, endInOneWrite } from '@scalekit-mcp/auth/server'
import type { ToolMessage } from './tool-message.js'

/** The wire form of each type: its headers, and what surrounds a JSON-RPC 2.0 message. */
const FORMS = {
  'application/json': { headers: [['Content-Type', 'application/json']], begin: '', end: '' },
  'text/event-stream': {
    headers: [
      ['Content-Type', 'text/event-stream'],
      ['Cache-Control', 'no-cache, no-transform'],
      ['X-Accel-Buffering', 'no'],
    ],
    begin: 'event: message\ndata: ',
    end: '\n\n',
  },
} as const

/** A result that is sent often: its bytes are made once, which halves the time of a long one. */
export interface PreparedResult {
  /** With what follows it. */
  readonly bytes: Buffer
}

export function prepareResult(answerType: AnswerType, result: string): PreparedResult {
  return { bytes: Buffer.from(`${result}}${FORMS[answerType].end}`) }
}

/**
 * The answer to one message: JSON or one event of a stream; where progress is reported or the client is asked before the result, a
 * stream. Nothing is sent where the client has gone, or was answered with 401 instead.
 */
export class ToolAnswer {
  readonly #res: ServerResponse
  readonly #message: ToolMessage
  #streams = false
  #signs = 0

  constructor(res: ServerResponse, message: ToolMessage) {
    this.#res = res
    this.#message = message
  }

  /** MCP, basic/utilities/progress: only where the request brought a token, and on a stream. */
  report(progress: number, message: string, total?: number): void {
    const { progressToken, takesStream } = this.#message
    if (progressToken === undefined || !takesStream || !this.#begin()) return
    const params = { progressToken, progress, message, ...(total === undefined ? {} : { total }) }
    this.#event({ jsonrpc: '2.0', method: 'notifications/progress', params })
  }

  /** Sends a request of the server to a client of 2025, on the stream of its call. */
  request(id: string, method: string, params: object | undefined): void {
    if (this.#begin()) this.#event({ jsonrpc: '2.0', id, method, ...(params ? { params } : {}) })
  }

  /**
   * A sign of life in a stream that waits for a person: progress where the request brought a token, because it keeps clients from
   * giving up, otherwise a comment (HTML Standard, server-sent events).
   */
  keepOpen(): void {
    if (!this.#streams || this.#res.destroyed) return
    if (this.#message.progressToken === undefined) this.#res.write(':\n\n')
    // Progress has to grow, and the tool's own counts from one.
    else this.report(++this.#signs / 1_000, 'Waiting for the person to answer')
  }

  /** @param result as JSON, or prepared for the type of this message's answer */
  send(result: string | PreparedResult): void {
    const type = this.#streams ? 'text/event-stream' : this.#message.answerType
    const begin = `${FORMS[type].begin}{"jsonrpc":"2.0","id":${JSON.stringify(this.#message.id)},"result":`
    if (this.#streams) {
      if (!this.#res.destroyed) this.#res.end(`${begin}${result}}${FORMS[type].end}`)
      return
    }
    if (this.#res.destroyed || this.#res.headersSent) return
    if (typeof result === 'string') {
      const text = `${begin}${result}}${FORMS[type].end}`
      this.#writeHead(type, Buffer.byteLength(text))
      endInOneWrite(this.#res, text)
    } else {
      this.#writeHead(type, Buffer.byteLength(begin) + result.bytes.byteLength)
      endInOneWrite(this.#res, begin, result.bytes)
    }
  }

  /** Begins the stream, once. @returns false where nothing can be sent */
  #begin(): boolean {
    if (this.#streams) return !this.#res.destroyed
    if (this.#res.destroyed || this.#res.headersSent) return false
    this.#streams = true
    this.#writeHead('text/event-stream')
    return true
  }

  #event(message: object): void {
    const { begin, end } = FORMS['text/event-stream']
    this.#res.write(`${begin}${JSON.stringify(message)}${end}`)
  }

  #writeHead(type: AnswerType, length?: number): void {
    for (const [name, value] of FORMS[type].headers) this.#res.setHeader(name, value)
    if (length !== undefined) this.#res.setHeader('Content-Length', length)
    this.#res.writeHead(200)
  }
}
