import type { ServerResponse } from 'node:http'
import { type AnswerType, endInOneWrite } from '@scalekit-mcp/auth'
import type { PlainMessage } from './plain-message.js'

/** The wire form of each type: its headers, and what surrounds the JSON-RPC 2.0 response. */
const FORMS = {
  'application/json': { headers: [['Content-Type', 'application/json']], begin: '', end: '}' },
  'text/event-stream': {
    headers: [
      ['Content-Type', 'text/event-stream'],
      ['Cache-Control', 'no-cache, no-transform'],
      ['X-Accel-Buffering', 'no'],
    ],
    begin: 'event: message\ndata: ',
    end: '}\n\n',
  },
} as const
const before = ({ answerType, id }: PlainMessage) =>
  `${FORMS[answerType].begin}{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`

/** A result that is sent often: its bytes are made once, which halves the time of a long one. */
export interface PreparedResult {
  /** With what follows it. */
  readonly bytes: Buffer
}

export function prepareResult(answerType: AnswerType, result: string): PreparedResult {
  return { bytes: Buffer.from(result + FORMS[answerType].end) }
}

/**
 * Answers with a result in the form that the client gets: JSON, or one event of a stream. Not where the client has gone, or
 * was answered with 401 instead.
 */
export function sendResult(
  res: ServerResponse,
  message: PlainMessage,
  result: string | PreparedResult,
): void {
  if (res.destroyed || res.headersSent) return
  const begin = before(message)
  if (typeof result === 'string') {
    const text = begin + result + FORMS[message.answerType].end
    writeHead(res, message, Buffer.byteLength(text))
    endInOneWrite(res, text)
  } else {
    writeHead(res, message, Buffer.byteLength(begin) + result.bytes.byteLength)
    endInOneWrite(res, begin, result.bytes)
  }
}

function writeHead(res: ServerResponse, { answerType }: PlainMessage, length: number): void {
  for (const [name, value] of FORMS[answerType].headers) res.setHeader(name, value)
  res.setHeader('Content-Length', length)
  res.writeHead(200)
}
