import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join, parse as parsePath } from 'node:path'

/** One writer per file. */
export interface FileLock {
  release(): Promise<void>
}

const MAX_FILES = 64

/**
 * Takes the first file that nobody writes: `audit.jsonl`, `audit-2.jsonl`, …
 *
 * @throws Error when 64 are taken
 */
export async function takeFile(file: string): Promise<{ path: string; lock: FileLock }> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  for (let number = 1; number <= MAX_FILES; number++) {
    const path = numbered(file, number)
    const lock = await lockFile(path)
    if (lock) return { path, lock }
  }
  throw new Error(`${MAX_FILES} processes write beside it already`)
}

/** The name of a file of the same log: the first is the file itself. */
export function numbered(file: string, number: number): string {
  const { dir, name, ext } = parsePath(file)
  return number === 1 ? file : join(dir, `${name}-${number}${ext}`)
}

const lockPath = (file: string) => `${file}.lock`

/**
 * Takes the lock of a file.
 *
 * @returns undefined when another process has it, or may have it: what cannot be proven dead lives
 */
async function lockFile(file: string): Promise<FileLock | undefined> {
  const path = lockPath(file)
  const own = JSON.stringify({ pid: process.pid, started: await startOf(process.pid), host: hostname() })
  for (let attempt = 0; attempt < 3; attempt++) {
    const taken = await writeFile(path, own, { flag: 'wx', mode: 0o600 }).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error
        return false
      },
    )
    if (taken) return { release: () => rm(path, { force: true }) }
    const holder = await readFile(path, 'utf8').catch(() => '')
    if (!(await isDead(holder))) return undefined
    await removeStale(path, holder)
  }
  return undefined
}

/** A crash leaves the lock: its process is gone, or its number belongs to a later one. */
async function isDead(holder: string): Promise<boolean> {
  const { pid, started, host } = parse(holder)
  if (host !== hostname() || typeof pid !== 'number') return false
  if (!isRunning(pid)) return true
  const now = await startOf(pid)
  return started !== undefined && now !== undefined && now !== started
}

/** Only what was judged is removed: another process may have taken the lock in the meantime. */
async function removeStale(path: string, judged: string): Promise<void> {
  const aside = `${path}.${process.pid}`
  await rename(path, aside).catch(() => undefined)
  const moved = await readFile(aside, 'utf8').catch(() => undefined)
  if (moved !== undefined && moved !== judged) await rename(aside, path)
  else await rm(aside, { force: true })
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** When a process began, in ticks since the machine did (proc(5), field 22 of stat); undefined where there is no /proc. */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
}

function parse(text: string): { pid?: unknown; started?: unknown; host?: unknown } {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
