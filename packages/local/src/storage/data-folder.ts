import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import Libsql from 'libsql'
import { LocalError } from './local-error.js'

/** The folder of an embedded database, which one local environment uses at a time. */
export interface DataFolder {
  readonly file: string
  /** Publishes where this environment listens, for the message to those who find the folder in use. */
  announce(url: string): Promise<void>
  close(): Promise<void>
}

/**
 * Creates the folder and locks it. The lock is a write transaction in a database of its own: the operating system releases
 * it when the process ends, however it ends, so there is no stale lock to detect.
 *
 * @throws {LocalError} `data_in_use`, `data_unusable`
 */
export async function openDataFolder(path: string): Promise<DataFolder> {
  const folder = resolve(path)
  const holder = join(folder, 'running.json')
  try {
    // It holds private keys.
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await chmod(folder, 0o700)
    const lock = new Libsql(join(folder, 'lock.db'), { timeout: 0 })
    try {
      lock.exec('begin immediate')
      await writeFile(holder, JSON.stringify({ pid: process.pid }))
    } catch (error) {
      lock.close()
      throw error
    }
    return {
      file: join(folder, 'local.db'),
      announce: (url) => writeFile(holder, JSON.stringify({ pid: process.pid, url })),
      async close() {
        await rm(holder, { force: true })
        lock.close()
      },
    }
  } catch (cause) {
    if (codeOf(cause) === 'SQLITE_BUSY') throw await inUse(folder, holder, cause)
    throw unusable(folder, cause)
  }
}

/** What the file system or SQLite refuses. */
export function unusable(path: string, cause: unknown): LocalError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new LocalError(
    'data_unusable',
    `The data in ${path} cannot be used: ${reason}. Choose a folder that this user can write to with --data, or keep nothing with --memory.`,
    { cause },
  )
}

async function inUse(folder: string, holder: string, cause: unknown): Promise<LocalError> {
  const { pid, url } = await readFile(holder, 'utf8')
    .then(JSON.parse)
    .catch(() => ({}))
  const process = pid === undefined ? 'another process' : `process ${pid}`
  return new LocalError(
    'data_in_use',
    `The data folder ${folder} is in use by ${process}${url === undefined ? '' : ` at ${url}`}. Stop that process, or choose another folder with --data.`,
    { cause },
  )
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
