import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UsageError } from '../exit.js'
import { backupOf, type Change, holdsOurs } from './change.js'

/**
 * Writes a change, with the text from before beside it, so that the file is at every moment the old or the new one.
 *
 * @throws UsageError where the file is no longer what the change was made for
 */
export async function writeChange({ client, file, before, after }: Change): Promise<void> {
  const now = await readFile(file, 'utf8').catch(() => undefined)
  if (now !== before) throw new UsageError(`${file} has changed meanwhile: run scalekit-mcp init again.`)
  if (after === undefined) return rm(file)
  await mkdir(dirname(file), { recursive: true })
  const target = before === undefined ? file : await realpath(file)
  const mode = before === undefined ? 0o600 : (await stat(target)).mode & 0o777
  const isOurs = before !== undefined && holdsOurs(client.format, before)
  if (before !== undefined && !isOurs) await replace(backupOf(file), before, mode)
  await replace(target, after, mode)
  if (isOurs && !holdsOurs(client.format, after)) await rm(backupOf(file), { force: true })
}

async function replace(file: string, text: string, mode: number): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`
  const handle = await open(temporary, 'wx', mode)
  try {
    await handle.chmod(mode)
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
}
