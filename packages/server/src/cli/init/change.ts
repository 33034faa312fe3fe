import { readFile } from 'node:fs/promises'
import type { FoundClient } from './find-clients.js'
import { type Format, FormatError } from './format.js'

/** What would be done to one file. `before` or `after` is absent where there is no file. */
export interface Change {
  readonly client: FoundClient['client']
  readonly file: string
  readonly before?: string
  readonly after?: string
}

/** The last text of the file without our entry. */
export const backupOf = (file: string): string => `${file}.before-scalekit`

/**
 * Works out the change of one client's file.
 *
 * @param url where the server is; absent to take our entry out
 * @throws FormatError that names the file
 */
export async function plan({ client, file }: FoundClient, url: string | undefined): Promise<Change> {
  const before = await read(file)
  try {
    const after =
      url === undefined ? await undo({ client, file }, before) : client.format.put(before ?? '', url)
    return {
      client,
      file,
      ...(before !== undefined ? { before } : {}),
      ...(after !== undefined ? { after } : {}),
    }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    throw new FormatError(`${client.title}: ${file} was not changed: ${error.message}.`, { cause: error })
  }
}

/**
 * Where nobody else has changed the file since our entry was put in, the text from before comes back byte by byte.
 * Otherwise our entry alone is taken out.
 */
async function undo({ client, file }: FoundClient, now: string | undefined): Promise<string | undefined> {
  if (now === undefined || !client.format.has(now)) return now
  for (const earlier of [await read(backupOf(file)), undefined]) {
    if (isPut(client.format, earlier ?? '', now)) return earlier
  }
  return client.format.remove(now)
}

/** Whether the entry in a text is one that this program wrote: putting it in once more changes nothing. */
export const holdsOurs = (format: Format, text: string): boolean => isPut(format, text, text)

/** Whether a text becomes another when our entry is put in, for one of the URLs there. */
function isPut(format: Format, text: string, wanted: string): boolean {
  const urls = new Set(wanted.match(/https?:\/\/[^"'\s]+(?=["'])/g))
  return [...urls].some((url) => putOrNothing(format, text, url) === wanted)
}

function putOrNothing(format: Format, text: string, url: string): string | undefined {
  try {
    return format.put(text, url)
  } catch (error) {
    if (error instanceof FormatError) return undefined
    throw error
  }
}

function read(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}
