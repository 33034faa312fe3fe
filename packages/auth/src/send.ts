import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { awaitsContinue } from './http-server.js'

/** What Node may read and drop after an answer to keep the connection. */
const MAX_UNREAD_BYTES = 256 * 1024
const DRAIN_MS = 500

/**
 * Answers with JSON, at once, also while the client is still sending. Where more is to come than is worth
 * reading, the connection is closed: the answer is complete for the client, what it sends is dropped for
 * half a second (a socket closed with unread data resets, and the answer would be lost), then it ends.
 */
export function sendJson(
  res: ServerResponse,
  status: number,
  value: unknown,
  headers: OutgoingHttpHeaders = {},
): void {
  const body = Buffer.from(JSON.stringify(value))
  const closes = !isWorthReading(res)
  writeHead(res, status, {
    ...headers,
    'Content-Type': 'application/json',
    'Content-Length': body.byteLength,
    'Cache-Control': 'no-store',
    ...(closes && { Connection: 'close' }),
  })
  if (closes && !awaitsContinue(res.req)) drainThenEnd(res, body)
  else res.end(body)
}

/** Header by header: adapters for serverless functions lose those that are handed to `writeHead`. */
export function writeHead(res: ServerResponse, status: number, headers: OutgoingHttpHeaders): void {
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) res.setHeader(name, value)
  res.writeHead(status)
}

function isWorthReading({ req }: ServerResponse): boolean {
  if (req.complete) return true
  if (awaitsContinue(req) || req.headers['transfer-encoding'] !== undefined) return false
  return Number(req.headers['content-length'] ?? 0) <= MAX_UNREAD_BYTES
}

function drainThenEnd(res: ServerResponse, body: Buffer): void {
  const { req } = res
  const end = () => {
    clearTimeout(timer)
    res.end()
  }
  const timer = setTimeout(end, DRAIN_MS)
  req.once('end', end).once('close', end)
  res.write(body)
  req.resume()
}
