import * as z from 'zod'
import { environmentId, mcpServerId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { mcpServerFields, toMcpServer } from './mcp-server.js'
import { readMcpServer } from './read-mcp-server.js'
import { setupFields, setupOf } from './setup.js'

export default defineTool({
  name: 'get_mcp_server',
  title: 'Get MCP server',
  description:
    'Get one registered MCP server, and what its developer configures: the protected-resource metadata and code.',
  toolset: 'mcp-servers',
  scopes: ['environment:read'],
  effect: 'read',
  input: z.object({ environmentId, mcpServerId }),
  output: z.object({ mcpServer: mcpServerFields, setup: setupFields.optional() }),
  async run(args, { scalekit }) {
    const resource = await readMcpServer(scalekit, args)
    return { mcpServer: toMcpServer(resource), setup: setupOf(resource) }
  },
})
