import type { clients } from '@scalekit-mcp/api'
import { ToolError } from '../../errors.js'
import type { ToolContext } from '../../tool.js'

/** @throws ToolError `not_found` */
export async function readMcpServer(
  scalekit: ToolContext['scalekit'],
  { environmentId, mcpServerId }: { environmentId: string; mcpServerId: string },
): Promise<clients.Resource> {
  const { resource } = await scalekit.clients(environmentId).getResource({ resourceId: mcpServerId })
  if (!resource) throw new ToolError('not_found', 'Scalekit has no such MCP server.')
  return resource
}
