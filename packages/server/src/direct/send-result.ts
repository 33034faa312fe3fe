import type { ServerResponse } from 'node:http'
import { endInOneWrite } from '@scalekit-mcp/auth'
import type { PlainMessage } from './plain-message.js'

const json = [['Content-Type', 'application/json']] as const
const stream = [
  ['Content-Type', 'text/event-stream'],
  ['Cache-Control', 'no-cache, no-transform'],
  ['X-Accel-Buffering', 'no'],
] as const
/** JSON-RPC 2.0 section 5, up to the result; and what follows it. */
const ends = { '2026-07-28': '}', '2025-11-25': '}\n\n' } as const
const before = ({ era, id }: PlainMessage) =>
  `${era === '2026-07-28' ? '' : 'event: message\ndata: '}{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`

/** A result that is sent often: its bytes are made once, which halves the time of a long one. */
export interface PreparedResult {
  /** With what follows it. */
  readonly bytes: Buffer
}

export function prepareResult({ era }: Pick<PlainMessage, 'era'>, result: string): PreparedResult {
  return { bytes: Buffer.from(result + ends[era]) }
}

/** Answers with a result in the wire form of the era: JSON, or one event of a stream. */
export function sendResult(
  res: ServerResponse,
  message: PlainMessage,
  result: string | PreparedResult,
): void {
  if (res.destroyed) return
  const begin = before(message)
  if (typeof result === 'string') {
    const text = begin + result + ends[message.era]
    writeHead(res, message, Buffer.byteLength(text))
    endInOneWrite(res, text)
  } else {
    writeHead(res, message, Buffer.byteLength(begin) + result.bytes.byteLength)
    endInOneWrite(res, begin, result.bytes)
  }
}

function writeHead(res: ServerResponse, { era }: PlainMessage, length: number): void {
  for (const [name, value] of era === '2026-07-28' ? json : stream) res.setHeader(name, value)
  res.setHeader('Content-Length', length)
  res.writeHead(200)
}
