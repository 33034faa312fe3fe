import type { clients } from '@scalekit-mcp/api'
import type { ToolContext } from '../tool.js'

/** The most that the API gives at once. */
const PAGE_SIZE = 30

/** Reads the clients of an environment, all pages of them. */
export async function allClients(
  scalekit: ToolContext['scalekit'],
  environmentId: string,
): Promise<clients.Client[]> {
  const found: clients.Client[] = []
  let pageToken = ''
  do {
    const page = await scalekit.clients(environmentId).listClient({ pageSize: PAGE_SIZE, pageToken })
    found.push(...page.clients)
    pageToken = page.nextPageToken
  } while (pageToken !== '')
  return found
}
