import { byteLength } from '#platform'
import { awaitsContinue } from './await-continue.js'
import type { AnswerHeaders, HttpAnswer } from './http-message.js'

/** What Node may read and drop after an answer to keep the connection. */
const MAX_UNREAD_BYTES = 256 * 1024
const DRAIN_MS = 500

/** An answer with JSON, as it is sent. */
export interface PreparedJson {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: number | string | readonly string[]])[]
  readonly body: string
}

export function prepareJson(status: number, value: unknown, headers: AnswerHeaders = {}): PreparedJson {
  const body = JSON.stringify(value)
  const all = {
    ...headers,
    'Content-Type': 'application/json',
    'Content-Length': byteLength(body),
    'Cache-Control': 'no-store',
  }
  return {
    status,
    headers: Object.entries(all).flatMap(([name, each]) => (each === undefined ? [] : [[name, each]])),
    body,
  }
}

/** Answers with JSON, at once, also while the client is still sending. */
export function sendJson(res: HttpAnswer, status: number, value: unknown, headers: AnswerHeaders = {}): void {
  sendPrepared(res, prepareJson(status, value, headers))
}

/**
 * Answers at once. Where more is to come than is worth reading, the connection is closed: the answer is complete for the
 * client, what it sends is dropped for half a second (a socket closed with unread data resets, and the answer would be
 * lost), then it ends.
 */
export function sendPrepared(res: HttpAnswer, { status, headers, body }: PreparedJson): void {
  const closes = !isWorthReading(res)
  for (const [name, value] of headers) res.setHeader(name, value)
  if (closes) res.setHeader('Connection', 'close')
  res.writeHead(status)
  if (closes && !awaitsContinue(res.req)) drainThenEnd(res, body)
  else endInOneWrite(res, body)
}

/**
 * Head and body in one write, before the end: `end(body)` gathers them with an empty further part, which takes a fifth of
 * the time that Node needs for a small answer. Adapters for serverless functions may have nothing to uncork.
 */
export function endInOneWrite(res: HttpAnswer, ...parts: readonly (string | Uint8Array)[]): void {
  for (const part of parts) res.write(part)
  res.socket?.uncork?.()
  res.end()
}

/** Header by header: adapters for serverless functions lose those that are handed to `writeHead`. */
export function writeHead(res: HttpAnswer, status: number, headers: AnswerHeaders): void {
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) res.setHeader(name, value)
  res.writeHead(status)
}

function isWorthReading({ req }: HttpAnswer): boolean {
  if (req.complete) return true
  if (awaitsContinue(req) || req.headers['transfer-encoding'] !== undefined) return false
  return Number(req.headers['content-length'] ?? 0) <= MAX_UNREAD_BYTES
}

function drainThenEnd(res: HttpAnswer, body: string): void {
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
