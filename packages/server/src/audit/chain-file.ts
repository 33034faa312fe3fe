import { createPublicKey, randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createAnchor, readAnchor, writeAnchor } from './anchor.js'
import type { AuditEvent } from './audit-event.js'
import { nextLine, readLine } from './chain-line.js'
import { AuditFileError, checkFile, whereIs } from './open-file.js'
import { type Position, START } from './position.js'
import type { SigningKey } from './signing-key.js'

const CHECKPOINT_EVERY = 1_000
/** No record is nearly as long. */
const TAIL_BYTES = 256 * 1024

/** The file of the chain, at its end. */
export interface ChainFile {
  /**
   * Appends the records of events and waits until they are on the disk. After a failure none of them is in the file. When the file was
   * renamed, ends it and continues the chain in a new file at the path.
   *
   * @throws AuditFileError when the file was removed, truncated, or written by something else
   */
  append(events: readonly AuditEvent[]): Promise<void>
  /** Records since the last checkpoint. */
  readonly unchecked: number
  close(): Promise<void>
}

interface Tail {
  readonly end: Position
  /** Bytes of whole lines. */
  readonly size: number
  /** What a crash left of a line. */
  readonly torn: Buffer
}

/**
 * Opens a file and continues its chain, or begins one. A torn last line is set aside, in a file of its own.
 *
 * @throws AuditFileError when the file does not end as its anchor, signed with this key, says
 */
export async function openChainFile(path: string, key: SigningKey): Promise<ChainFile> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const handle = await openForAppend(path)
  try {
    const tail = await readTail(handle)
    await createAnchor(path, key)
    const anchored = await readAnchor(path, createPublicKey(key.publicKey))
    if (!anchored) throw new AuditFileError('its anchor is missing, damaged, or signed with another key')
    if (tail.torn.length > 0) {
      await writeFile(`${path}.torn-${Date.now()}`, tail.torn, { mode: 0o600, flag: 'wx' })
      await handle.truncate(tail.size)
    }
    const file = continueChain({ path, handle, key }, tail, anchored)
    const missing = Math.max(0, anchored.seq - tail.end.seq)
    await file.append([
      tail.end.seq === 0 && missing === 0
        ? { type: 'begin', publicKey: key.publicKey, nonce: randomUUID() }
        : { type: 'resumed', torn: tail.torn.length, missing },
    ])
    return file
  } catch (error) {
    await handle.close()
    throw error
  }
}

interface OpenChain {
  readonly path: string
  readonly handle: FileHandle
  readonly key: SigningKey
}

function continueChain({ path, handle: opened, key }: OpenChain, tail: Tail, anchored: Position): ChainFile {
  let handle = opened
  let { size } = tail
  // Numbers of records that are gone are not given again: the gap stays to be seen.
  let end: Position = { seq: Math.max(tail.end.seq, anchored.seq), hash: tail.end.hash }
  let unchecked = 0

  const linesOf = (events: readonly AuditEvent[]) => {
    const ts = new Date().toISOString()
    let at = end
    let since = unchecked
    const texts: string[] = []
    const add = (event: AuditEvent) => {
      const line = nextLine(event, ts, at, key)
      texts.push(line.text)
      since = event.type === 'checkpoint' || event.type === 'rotated' ? 0 : since + 1
      at = line
    }
    for (const event of events) {
      add(event)
      if (since >= CHECKPOINT_EVERY) add({ type: 'checkpoint' })
    }
    return { bytes: Buffer.from(texts.join(''), 'latin1'), at, since }
  }

  async function write(events: readonly AuditEvent[]): Promise<void> {
    const { bytes, at, since } = linesOf(events)
    try {
      for (let done = 0; done < bytes.length; ) {
        done += (await handle.write(bytes, done, bytes.length - done, size + done)).bytesWritten
      }
      await handle.datasync()
      // Removed or truncated in the meantime: what was written is gone.
      await checkFile(handle, size + bytes.length)
      await writeAnchor(path, at, key)
    } catch (error) {
      await handle.truncate(size).catch(() => undefined)
      throw error
    }
    size += bytes.length
    end = { seq: at.seq, hash: at.hash }
    unchecked = since
  }

  /** Its last record is signed, so that the renamed file can be checked without an anchor. */
  async function rotate(): Promise<void> {
    await write([{ type: 'rotated' }])
    const next = await openForAppend(path)
    await handle.close()
    handle = next
    size = 0
    await checkFile(handle, size)
    await write([{ type: 'continued', publicKey: key.publicKey }])
  }

  return {
    get unchecked() {
      return unchecked
    },
    async append(events) {
      if ((await whereIs(path, handle, size)) === 'renamed') await rotate()
      if (events.length > 0) await write(events)
    },
    close: () => handle.close(),
  }
}

function openForAppend(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDWR | constants.O_CREAT, 0o600)
}

async function readTail(handle: FileHandle): Promise<Tail> {
  const { size } = await handle.stat()
  const start = Math.max(0, size - TAIL_BYTES)
  const buffer = Buffer.alloc(size - start)
  await handle.read(buffer, 0, buffer.length, start)
  const whole = buffer.lastIndexOf('\n') + 1
  const torn = buffer.subarray(whole)
  if (whole === 0) {
    if (start > 0) throw new AuditFileError('its last line is longer than any record')
    return { end: START, size: 0, torn }
  }
  const text = buffer.toString('latin1', buffer.lastIndexOf('\n', whole - 2) + 1, whole - 1)
  const line = readLine(text)
  if (!line?.intact) throw new AuditFileError('its last line is not a record of it')
  return { end: line, size: start + whole, torn }
}
