import type { KeyObject } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readAnchor } from './anchor.js'
import { type ReadLine, readLine, SIGNED } from './chain-line.js'
import { type Position, START } from './position.js'
import { isSignedBy } from './signing-key.js'

export type Tampering = 'edit' | 'deletion' | 'swap' | 'truncation' | 'signature' | 'anchor'

export interface Verified {
  readonly records: number
  /** The last record of the file before, where this one continues its chain after a rotation. */
  readonly continues?: Position
  readonly end: Position
  /** The first line that is wrong. `line` is the number of the line in the file. */
  readonly problem?: { readonly line: number; readonly kind: Tampering; readonly text: string }
  /** Bytes of a last line that a crash cut, after everything that is anchored. */
  readonly torn: number
  /** Writes of which no outcome is recorded: the server was killed, or is about to answer. */
  readonly withoutOutcome: readonly string[]
}

const texts: Readonly<Record<Tampering, string>> = {
  edit: 'its bytes are not those that were written',
  deletion: 'records before it are missing',
  swap: 'it is not in its place',
  truncation: 'records after it are missing',
  signature: 'its signature is not by this key',
  anchor: 'the anchor is missing, or is not signed by this key',
}

/**
 * Reads a file of the audit log from its first byte: every record must have the bytes that it was written with and follow
 * the one before it, and every checkpoint and the anchor must be signed by the key. A file that was rotated ends with a
 * signed record and needs no anchor.
 */
export async function verifyChain(file: string, publicKey: KeyObject): Promise<Verified> {
  const anchor = await readAnchor(file, publicKey)
  const open = new Set<string>()
  let start: Position = START
  let end: Position = START
  let rotated = false
  let hashAtAnchor = anchor?.seq === 0 ? '' : undefined
  let line = 0
  let torn = 0
  const result = (kind?: Tampering): Verified => ({
    records: end.seq - start.seq,
    ...(start.seq > 0 ? { continues: start } : {}),
    end,
    ...(kind ? { problem: { line, kind, text: texts[kind] } } : {}),
    torn,
    withoutOutcome: [...open],
  })

  for await (const { text, whole } of linesOf(file)) {
    if (!whole) {
      torn = text.length
      break
    }
    line++
    const read = readLine(text)
    if (line === 1 && read?.record.type === 'continued') {
      start = { seq: read.seq - 1, hash: read.prev }
      end = start
      if (start.seq === anchor?.seq) hashAtAnchor = start.hash
    }
    const kind = await wrongWith(read, end, publicKey, file, line)
    if (kind || !read) return result(kind ?? 'edit')
    end = { seq: read.seq, hash: read.hash }
    rotated = read.record.type === 'rotated'
    if (read.seq === anchor?.seq) hashAtAnchor = read.hash
    const id = String(read.record.requestId)
    if (read.record.type === 'intent') open.add(id)
    if (read.record.type === 'request') open.delete(id)
  }
  const anchored = anchor ?? (rotated ? end : undefined)
  if (!anchored) return result('anchor')
  if (anchored.seq > end.seq) return result('truncation')
  return result(!anchor || hashAtAnchor === anchor.hash ? undefined : 'edit')
}

async function wrongWith(
  read: ReadLine | undefined,
  before: Position,
  publicKey: KeyObject,
  file: string,
  line: number,
): Promise<Tampering | undefined> {
  if (!read?.intact) return 'edit'
  if (read.seq !== before.seq + 1) return (await hasLater(file, line, before.seq + 1)) ? 'swap' : 'deletion'
  if (read.prev !== before.hash) return 'edit'
  const signature = read.record.signature
  const signed = { seq: read.seq, hash: read.prev }
  return SIGNED.has(read.record.type) && !isSignedBy(publicKey, signed, signature) ? 'signature' : undefined
}

/** Whether the record that should stand here stands further down. */
async function hasLater(file: string, after: number, seq: number): Promise<boolean> {
  let line = 0
  for await (const { text } of linesOf(file)) if (++line > after && readLine(text)?.seq === seq) return true
  return false
}

/** Lines by their line feed alone, byte by byte: whatever else a reader could take for a line's end is in a line. */
async function* linesOf(file: string): AsyncGenerator<{ text: string; whole: boolean }> {
  let rest = ''
  for await (const chunk of createReadStream(file, { encoding: 'latin1' })) {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    for (const text of parts) yield { text, whole: true }
  }
  if (rest !== '') yield { text: rest, whole: false }
}
