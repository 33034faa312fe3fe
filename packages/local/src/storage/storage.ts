import { openDataFolder } from './data-folder.js'
import { type Database, type DatabaseLocation, openDatabase } from './database.js'

const DEFAULT_FOLDER = '.scalekit-local'

export interface StorageOptions {
  data?: string
  memory?: boolean
  databaseUrl?: string
}

export interface Storage {
  readonly database: Database
  /** Publishes where the environment listens, for those who find its data folder in use. */
  announce(url: string): Promise<void>
  close(): Promise<void>
}

/** Opens the database that the options choose. One in a folder is locked: no other environment can open it. */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const shared = locationWithoutFolder(options)
  if (shared) {
    const database = await openDatabase(shared)
    return { database, announce: async () => undefined, close: database.close }
  }
  const folder = await openDataFolder(options.data ?? DEFAULT_FOLDER)
  try {
    const database = await openDatabase(folder)
    return {
      database,
      announce: folder.announce,
      async close() {
        await database.close()
        await folder.close()
      },
    }
  } catch (error) {
    await folder.close()
    throw error
  }
}

function locationWithoutFolder({ memory, databaseUrl }: StorageOptions): DatabaseLocation | undefined {
  if (memory) return { memory }
  return databaseUrl === undefined ? undefined : { url: databaseUrl }
}
