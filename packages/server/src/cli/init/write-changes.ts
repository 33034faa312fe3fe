import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UsageError } from '../exit.js'
import type { Change } from './change.js'
import { backupOf } from './settings-file.js'

/** A file that is complete under another name in its folder. */
interface Written {
  readonly temporary: string
  readonly file: string
}

/**
 * Writes all changes, with the bytes from before next to each file. Everything is on the disk under other names before the
 * first file is replaced, so that a full disk changes nothing, and each file is at every moment the old or the new one.
 *
 * @throws UsageError where a file is no longer what the change was made for, or cannot be written
 */
export async function writeChanges(changes: readonly Change[]): Promise<void> {
  const written: Written[] = []
  try {
    for (const change of changes) await writeAside(change, written)
    for (const { temporary, file } of written) await rename(temporary, file)
    for (const change of changes) await removeOld(change)
  } catch (cause) {
    await Promise.all(written.map(({ temporary }) => rm(temporary, { force: true })))
    if (cause instanceof UsageError) throw cause
    const { code, path, dest = path } = cause as NodeJS.ErrnoException & { dest?: string }
    throw new UsageError(
      `${dest ?? 'A file'} could not be written (${code}). Correct that, then run scalekit-mcp init again: it changes what is left.`,
      { cause },
    )
  }
}

async function writeAside(change: Change, written: Written[]): Promise<void> {
  const { file, target, before, after } = change
  const now = await readFile(target.path).catch(() => undefined)
  if (!isSame(now, target.bytes)) {
    throw new UsageError(`${file} has changed meanwhile: run scalekit-mcp init again.`)
  }
  if (!after) return
  await mkdir(dirname(target.path), { recursive: true })
  const backup = before && !before.server ? target.bytes : undefined
  if (backup) written.push(await aside(backupOf(file), backup, target.mode))
  written.push(await aside(target.path, after.text, target.mode))
}

/** A file that this program made goes with our entry, and so does the copy of what it was before. */
async function removeOld({ file, target, before, after }: Change): Promise<void> {
  if (!after) await rm(target.path)
  if (before?.server && !after?.server) await rm(backupOf(file), { force: true })
}

const isSame = (one: Buffer | undefined, other: Buffer | undefined) =>
  one && other ? one.equals(other) : one === other

async function aside(file: string, content: string | Buffer, mode: number): Promise<Written> {
  const temporary = `${file}.${randomUUID()}.tmp`
  const handle = await open(temporary, 'wx', mode)
  try {
    await handle.chmod(mode)
    await handle.writeFile(content)
    await handle.sync()
  } catch (error) {
    await rm(temporary, { force: true })
    // Errors of a handle, such as that of a full disk, have no path.
    throw Object.assign(error as Error, { path: file })
  } finally {
    await handle.close()
  }
  return { temporary, file }
}
