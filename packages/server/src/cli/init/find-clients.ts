import { access } from 'node:fs/promises'
import type { Client, Places } from './client.js'
import { clients } from './clients.js'

export interface FoundClient {
  readonly client: Client
  readonly file: string
}

/** The clients that are installed for a person, each with the file that holds its servers. */
export async function findClients(places: Places): Promise<FoundClient[]> {
  const found: FoundClient[] = []
  for (const client of clients) {
    const signs = await Promise.all(client.signs(places).map(exists))
    if (signs.includes(true)) found.push({ client, file: await fileOf(client, places) })
  }
  return found
}

/** The file of a client, also where that client has not made one yet. */
export async function fileOf(client: Client, places: Places): Promise<string> {
  const [first = '', ...others] = client.files(places)
  for (const file of [first, ...others]) if (await exists(file)) return file
  return first
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
