import type { Stats } from 'node:fs'
import { type FileHandle, stat } from 'node:fs/promises'

/** The content of the file is not what this server wrote last: an operator has to look at it. */
export class AuditFileError extends Error {
  readonly code = 'audit_file'
}

/**
 * Where an open file is now, which other programs can rename, remove or change: still at its path, or renamed, and its
 * path is free for the next file.
 *
 * @param size what this process has written
 * @throws AuditFileError when records are gone, or something else was written
 */
export async function whereIs(path: string, handle: FileHandle, size: number): Promise<'here' | 'renamed'> {
  const [own, there] = await Promise.all([handle.stat(), statOf(path)])
  checkOwn(own, size)
  if (there?.ino === own.ino && there.dev === own.dev) return 'here'
  if (there && there.size > 0) throw new AuditFileError('another file is in its place')
  return 'renamed'
}

/** @throws AuditFileError when the file has no name any more, or another size than was written */
export async function checkFile(handle: FileHandle, size: number): Promise<void> {
  checkOwn(await handle.stat(), size)
}

function checkOwn(own: Stats, size: number): void {
  if (!own.isFile()) return
  if (own.nlink === 0) throw new AuditFileError('it was removed')
  if (own.size < size) throw new AuditFileError('it was truncated')
  if (own.size > size) throw new AuditFileError('something else wrote to it')
}

async function statOf(path: string): Promise<Stats | undefined> {
  return stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return undefined
  })
}
