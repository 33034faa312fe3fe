import { hash } from 'node:crypto'
import type { AuditEvent } from './audit-event.js'
import type { Position } from './position.js'
import type { SigningKey } from './signing-key.js'

export interface ChainLine extends Position {
  readonly text: string
}

/** A line as it was read. `intact`: its hash is that of its bytes. */
export interface ReadLine extends Position {
  readonly intact: boolean
  readonly prev: string
  readonly record: Readonly<Record<string, unknown>>
}

/** Types whose records carry a signature over the position before them. */
export const SIGNED: ReadonlySet<unknown> = new Set(['checkpoint', 'rotated', 'continued'])

/**
 * Writes the line of the event that follows a position: JSON in ASCII. Its `hash` is the SHA-256 of all bytes before the
 * member `hash`, the hash of the record before it (`prev`) among them.
 */
export function nextLine(event: AuditEvent, ts: string, previous: Position, key: SigningKey): ChainLine {
  const seq = previous.seq + 1
  const signature = SIGNED.has(event.type) ? key.sign({ seq, hash: previous.hash }) : undefined
  const hashed = toAscii(JSON.stringify({ seq, ts, ...event, signature, prev: previous.hash })).slice(0, -1)
  const digest = hash('sha256', hashed, 'base64url')
  return { seq, hash: digest, text: `${hashed},"hash":"${digest}"}\n` }
}

/** @returns undefined for what is no line of a chain at all */
export function readLine(text: string): ReadLine | undefined {
  const [, hashed, digest] = /^(\{.*),"hash":"([\w-]{43})"\}$/.exec(text) ?? []
  if (hashed === undefined || digest === undefined) return undefined
  const record = parse(text)
  if (!record || typeof record.seq !== 'number' || typeof record.prev !== 'string') return undefined
  const intact = hash('sha256', Buffer.from(hashed, 'latin1'), 'base64url') === digest
  return { seq: record.seq, hash: digest, prev: record.prev, intact, record }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return undefined
  }
}

/** Names in tokens may hold anything: what a terminal, an editor or a log shipper could take for a new line is escaped. */
function toAscii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
