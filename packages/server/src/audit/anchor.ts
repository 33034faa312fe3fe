import type { KeyObject } from 'node:crypto'
import { type FileHandle, open, readFile } from 'node:fs/promises'
import { type Position, START } from './position.js'
import { isSignedBy, type SigningKey } from './signing-key.js'

/**
 * How far the chain has come, signed, in a small file beside it: so that a tail that is cut off is missed. It is
 * written after the records are on the disk, so it is never ahead of them.
 */
export interface Anchor {
  write(position: Position): Promise<void>
  close(): Promise<void>
}

export const anchorPath = (file: string) => `${file}.anchor`

/** Opens the anchor of a file; a new one stands at the start. */
export async function openAnchor(file: string, key: SigningKey): Promise<Anchor> {
  const handle = await openOrCreate(anchorPath(file))
  const anchor: Anchor = {
    // Always of the same length, so one write replaces the whole.
    async write(position) {
      await handle.write(anchorText(position, key), 0)
    },
    close: () => handle.close(),
  }
  if ((await handle.stat()).size === 0) await anchor.write(START)
  return anchor
}

/** @returns undefined when there is none, or one that this key did not sign */
export async function readAnchor(file: string, publicKey: KeyObject): Promise<Position | undefined> {
  try {
    const { seq, hash, signature } = JSON.parse(await readFile(anchorPath(file), 'utf8'))
    const position = { seq: Number(seq), hash: String(hash) }
    return isSignedBy(publicKey, position, signature) ? position : undefined
  } catch {
    return undefined
  }
}

function anchorText(position: Position, key: SigningKey): string {
  const seq = String(position.seq).padStart(16, '0')
  const line = JSON.stringify({ seq, hash: position.hash, signature: key.sign(position) })
  return `${line.padEnd(200)}\n`
}

async function openOrCreate(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return open(path, 'wx+', 0o600)
  }
}
