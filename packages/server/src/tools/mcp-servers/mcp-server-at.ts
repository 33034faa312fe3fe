import { clients } from '@scalekit-mcp/api'
import type { ToolContext } from '../../tool.js'

/** To Scalekit a slash at the end makes no other server. */
const withoutSlash = (url: string) => url.replace(/\/$/, '')

/** The id of the MCP server that has a URL. */
export async function mcpServerAt(
  url: string | undefined,
  environmentId: string,
  { scalekit }: ToolContext,
): Promise<string | undefined> {
  if (url === undefined) return undefined
  let pageToken = ''
  do {
    const page = await scalekit.clients(environmentId).listResources({
      resourceType: clients.ResourceType.MCP_SERVER,
      pageSize: 30,
      pageToken,
    })
    const found = page.resources.find(({ resourceId }) => withoutSlash(resourceId) === withoutSlash(url))
    if (found) return found.id
    pageToken = page.nextPageToken
  } while (pageToken !== '')
  return undefined
}
