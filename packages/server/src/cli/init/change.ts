import type { Places } from './client.js'
import type { FoundClient } from './find-clients.js'
import { type Format, FormatError, type Server, type Settings } from './format.js'
import { backupOf, readSettingsFile, type SettingsFile, textOf } from './settings-file.js'

/** What would be done to one file. `before` or `after` is absent where there is no file. */
export interface Change extends FoundClient {
  readonly target: SettingsFile
  readonly before?: Settings
  readonly after?: Settings
}

export const isChange = ({ before, after }: Change): boolean => before?.text !== after?.text

/**
 * Works out the change of one client's file, and writes nothing.
 *
 * @param server what to put in; absent to take our entry out
 * @throws FormatError that names the file
 */
export async function plan(found: FoundClient, server: Server | undefined, places: Places): Promise<Change> {
  const { client, file } = found
  try {
    const refusal = server && client.refuses?.(server.url, places)
    if (refusal) throw new FormatError(refusal)
    const format = client.format(places)
    const target = await readSettingsFile(file)
    const before = target.bytes && format.open(textOf(target.bytes))
    const after = server
      ? (before ?? format.open('')).put(server)
      : before && (await undo(format, file, before))
    return { ...found, target, ...(before ? { before } : {}), ...(after ? { after } : {}) }
  } catch (error) {
    const problem = problemOf(error)
    if (problem === undefined) throw error
    throw new FormatError(`${client.title}: ${file} was not changed: ${problem}.`, { cause: error })
  }
}

function problemOf(error: unknown): string | undefined {
  if (error instanceof FormatError) return error.message
  // The parsers are recursive.
  return error instanceof RangeError ? 'it is nested too deeply' : undefined
}

/**
 * Where nobody else has changed the file since our entry was put in, the text from before comes back byte by byte.
 * Otherwise our entry alone is taken out.
 */
async function undo(format: Format, file: string, now: Settings): Promise<Settings | undefined> {
  if (now.spans.length === 0 || !now.server) return now.remove()
  const earlier = await readBackup(format, file)
  for (const each of [earlier, undefined]) {
    if (putOrNothing(each ?? format.open(''), now.server, now)?.text === now.text) return each
  }
  return now.remove()
}

function readBackup(format: Format, file: string): Promise<Settings | undefined> {
  return readSettingsFile(backupOf(file))
    .then(({ bytes }) => bytes && format.open(textOf(bytes)))
    .catch(withoutFormatError)
}

function putOrNothing(settings: Settings, server: Server, read: Settings): Settings | undefined {
  try {
    return settings.put(server, read)
  } catch (error) {
    return withoutFormatError(error)
  }
}

function withoutFormatError(error: unknown): undefined {
  if (!(error instanceof FormatError)) throw error
}
