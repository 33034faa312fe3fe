import type { KeyObject } from 'node:crypto'
import { constants } from 'node:fs'
import { open, readFile, stat } from 'node:fs/promises'
import { type Position, START } from './position.js'
import { isSignedBy, type SigningKey } from './signing-key.js'

export const anchorPath = (file: string) => `${file}.anchor`

/**
 * Writes how far the chain of a file has come, signed, into a small file next to it, so that a cut tail is noticed. It is
 * written after the records are on the disk, so it is never ahead of them; by its name each time, because the file next to
 * it may have been moved or removed.
 */
export async function writeAnchor(file: string, position: Position, key: SigningKey): Promise<void> {
  const handle = await open(anchorPath(file), constants.O_WRONLY | constants.O_CREAT, 0o600)
  try {
    // Always of the same length, so one write replaces the whole.
    await handle.write(anchorText(position, key), 0)
  } finally {
    await handle.close()
  }
}

/** Begins the anchor of a file that has none. */
export async function createAnchor(file: string, key: SigningKey): Promise<void> {
  const size = await stat(anchorPath(file)).then(
    (found) => found.size,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      return 0
    },
  )
  if (size === 0) await writeAnchor(file, START, key)
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
