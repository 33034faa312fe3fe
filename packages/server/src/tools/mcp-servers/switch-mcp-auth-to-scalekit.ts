import * as z from 'zod'
import { environmentId, mcpServerId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { mcpServerFields, toMcpServer } from './mcp-server.js'
import { readMcpServer } from './read-mcp-server.js'

export default defineTool({
  name: 'switch_mcp_auth_to_scalekit',
  title: 'Switch MCP sign-in to Scalekit',
  description:
    'Let Scalekit sign in the users of an MCP server instead of your own provider. Users sign in again.',
  toolset: 'mcp-servers',
  scopes: ['environment:write'],
  effect: 'update',
  irreversible: true,
  aliases: { id: 'mcpServerId' },
  input: z.object({ environmentId, mcpServerId }),
  output: z.object({ mcpServer: mcpServerFields }),
  async target(args, { scalekit }) {
    const resource = await readMcpServer(scalekit, args)
    const { id, name, provider } = resource
    return { id, name, already: provider ? undefined : { mcpServer: toMcpServer(resource) } }
  },
  async run(args, { scalekit }) {
    await scalekit.clients(args.environmentId).deleteResourceProvider({ resourceId: args.mcpServerId })
    return { mcpServer: toMcpServer(await readMcpServer(scalekit, args)) }
  },
})
