import type { KeyObject } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readAnchor } from './anchor.js'
import { type ReadLine, readLine } from './chain-line.js'
import { type Position, START } from './position.js'
import { isSignedBy } from './signing-key.js'

export type Tampering = 'edit' | 'deletion' | 'swap' | 'truncation' | 'signature' | 'anchor'

export interface Verified {
  readonly records: number
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
  swap: 'it does not stand in its place',
  truncation: 'records after it are missing',
  signature: 'its signature is not by this key',
  anchor: 'the anchor is missing, or is not signed by this key',
}

/**
 * Reads a file of the audit log from its first byte: every record has to have the bytes that it was written with, to
 * follow the one before it, and every checkpoint and the anchor have to be signed by the key.
 */
export async function verifyChain(file: string, publicKey: KeyObject): Promise<Verified> {
  const anchored = await readAnchor(file, publicKey)
  const open = new Set<string>()
  let end: Position = START
  let hashAtAnchor = anchored?.seq === 0 ? '' : undefined
  let line = 0
  let torn = 0
  const result = (kind?: Tampering): Verified => ({
    records: end.seq,
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
    const kind = await wrongWith(read, end, publicKey, file, line)
    if (kind || !read) return result(kind ?? 'edit')
    end = { seq: read.seq, hash: read.hash }
    if (read.seq === anchored?.seq) hashAtAnchor = read.hash
    const id = String(read.record.requestId)
    if (read.record.type === 'intent') open.add(id)
    if (read.record.type === 'request') open.delete(id)
  }
  if (!anchored) return result('anchor')
  if (anchored.seq > end.seq) return result('truncation')
  return result(hashAtAnchor === anchored.hash ? undefined : 'edit')
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
  const isCheckpoint = read.record.type === 'checkpoint'
  const signed = { seq: read.seq, hash: read.prev }
  return isCheckpoint && !isSignedBy(publicKey, signed, signature) ? 'signature' : undefined
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
