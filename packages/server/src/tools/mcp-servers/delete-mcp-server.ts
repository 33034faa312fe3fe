import * as z from 'zod'
import { environmentId, mcpServerId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { keepOwnRegistration } from '../own-access.js'
import { readMcpServer } from './read-mcp-server.js'

export default defineTool({
  name: 'delete_mcp_server',
  title: 'Delete MCP server',
  description:
    'Remove an MCP server from the registry. Its clients and consents end, and nobody can sign in to it any more.',
  toolset: 'mcp-servers',
  scopes: ['environment:write'],
  effect: 'delete',
  input: z.object({ environmentId, mcpServerId }),
  output: z.object({ deleted: z.boolean() }),
  check: ({ mcpServerId }, facts) => keepOwnRegistration(mcpServerId, facts),
  async target(args, { scalekit }) {
    const { id, name } = await readMcpServer(scalekit, args)
    return { id, name }
  },
  async run({ environmentId, mcpServerId }, { scalekit }) {
    await scalekit.clients(environmentId).deleteResource({ resourceId: mcpServerId })
    return { deleted: true }
  },
})
