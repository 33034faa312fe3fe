import { isUtf8 } from 'node:buffer'
import type { Stats } from 'node:fs'
import { access, constants, lstat, readFile, readlink, realpath, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { FormatError } from './format.js'

/** A configuration file that was read, and that can be written. */
export interface SettingsFile {
  /** Where the text is: behind all links. */
  readonly path: string
  /** Absent: there is no file yet. */
  readonly bytes?: Buffer
  /** The permissions to write it with. */
  readonly mode: number
}

/** The last bytes of the file without our entry. */
export const backupOf = (file: string): string => `${file}.before-scalekit`

/**
 * Reads a file, and checks that it and its copy could be written, without writing anything.
 *
 * @throws FormatError with the problem and the fix
 */
export async function readSettingsFile(file: string): Promise<SettingsFile> {
  const path = await target(file).catch(problem('cannot be found'))
  const stats = await stat(path).catch(absent).catch(problem('cannot be read'))
  if (stats) await checkFile(path, stats)
  await checkFolder(dirname(path))
  if (stats) await checkFolder(dirname(file))
  if ((await lstat(backupOf(file)).catch(absent))?.isDirectory()) {
    throw new FormatError(`the folder ${backupOf(file)} is where its copy would go: move that folder away`)
  }
  if (!stats) return { path, mode: 0o600 }
  return { path, bytes: await readFile(path).catch(problem('cannot be read')), mode: stats.mode & 0o777 }
}

/**
 * The text of a file, with a byte order mark where it has one.
 *
 * @throws FormatError for other encodings: what cannot be read exactly would not be written back exactly
 */
export function textOf(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new FormatError('it is not text in UTF-8: save it in that encoding')
  return bytes.toString('utf8')
}

/** Follows links, also to a file that does not exist yet. */
async function target(file: string): Promise<string> {
  const real = await realpath(file).catch(absent)
  if (real !== undefined) return real
  const link = await readlink(file).catch(absent)
  return link === undefined ? file : target(resolve(await realpath(dirname(file)), link))
}

async function checkFile(path: string, stats: Stats): Promise<void> {
  if (stats.isDirectory()) throw new FormatError(`${path} is a folder: move it away`)
  if (!stats.isFile()) throw new FormatError(`${path} is not a regular file`)
  // Whoever may write everything, such as root, still means what the permissions say.
  const isReadOnly = (stats.mode & 0o222) === 0 || (await refuses(path, constants.W_OK))
  if (isReadOnly) throw new FormatError(`${path} is read-only: let this user write it`)
}

/** A file is replaced by renaming another one in its folder, which is made where it is missing. */
async function checkFolder(folder: string): Promise<void> {
  const stats = await stat(folder).catch(absent).catch(problem('cannot be reached'))
  if (!stats) {
    if ((await lstat(folder).catch(absent))?.isSymbolicLink()) {
      throw new FormatError(
        `${folder} is a link to a folder that does not exist: make that folder, or remove the link`,
      )
    }
    return checkFolder(dirname(folder))
  }
  if (!stats.isDirectory())
    throw new FormatError(`${folder} is a file where its folder would be: move it away`)
  if (await refuses(folder, constants.W_OK | constants.X_OK)) {
    throw new FormatError(`the folder ${folder} is read-only: let this user write it`)
  }
}

const refuses = (path: string, mode: number) =>
  access(path, mode).then(
    () => false,
    () => true,
  )

/** There is no file, or what is above it is no folder, which `checkFolder` finds. */
function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
  throw error
}

const problem = (text: string) => (cause: NodeJS.ErrnoException) => {
  throw new FormatError(`it ${text} (${cause.code}): check the file and the links to it`, { cause })
}
