import { clients } from '@scalekit-mcp/api'
import * as z from 'zod'
import { environmentId, nextPageToken, pageSizeBetween, pageToken } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { mcpServerFields, toMcpServer } from './mcp-server.js'

export default defineTool({
  name: 'list_mcp_servers',
  title: 'List MCP servers',
  description: 'List the MCP servers that are registered in an environment, with their URLs and scopes.',
  toolset: 'mcp-servers',
  scopes: ['environment:read'],
  effect: 'read',
  input: z.object({
    environmentId,
    pageSize: pageSizeBetween(1, 30).describe('Items per page, at most 30.'),
    pageToken,
  }),
  output: z.object({ items: z.array(mcpServerFields), nextPageToken }),
  async run({ environmentId, pageSize, pageToken }, { scalekit }) {
    const page = await scalekit.clients(environmentId).listResources({
      resourceType: clients.ResourceType.MCP_SERVER,
      pageSize,
      pageToken,
    })
    return { items: page.resources.map(toMcpServer), nextPageToken: page.nextPageToken || undefined }
  },
})
