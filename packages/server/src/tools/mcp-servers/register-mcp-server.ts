import { clients } from '@scalekit-mcp/api'
import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { mcpServerFields, toMcpServer } from './mcp-server.js'
import { mcpServerAt } from './mcp-server-at.js'
import {
  accessTokenSeconds,
  formerServerNames,
  provider,
  providerOf,
  requireProvider,
  scopeNames,
  serverChanges,
  serverDescription,
  serverName,
  serverUrl,
  useScalekitAuthentication,
} from './mcp-server-input.js'
import { requireConnection } from './require-connection.js'
import { setupFields, setupOf } from './setup.js'

export default defineTool({
  name: 'register_mcp_server',
  title: 'Register MCP server',
  description:
    'Register an MCP server so that Scalekit signs in its users. Returns what its developer configures.',
  toolset: 'mcp-servers',
  scopes: ['environment:write'],
  effect: 'create',
  aliases: formerServerNames,
  input: z.object({
    environmentId,
    name: serverName,
    url: serverUrl,
    description: serverDescription.optional(),
    scopes: scopeNames.default([]),
    accessTokenSeconds: accessTokenSeconds.default(3_600),
    provider: provider.optional(),
    useScalekitAuthentication: useScalekitAuthentication.optional(),
    dynamicRegistration: z.boolean().default(true).describe('Let clients register themselves (RFC 7591).'),
  }),
  output: z.object({ mcpServer: mcpServerFields, setup: setupFields.optional() }),
  check: requireProvider,
  async target({ environmentId, ...settings }, context) {
    await requireConnection({ environmentId, provider: settings.provider }, context)
    return { name: settings.name, changes: serverChanges(settings) }
  },
  existing: ({ environmentId, url }, context) => mcpServerAt(url, environmentId, context),
  async run(args, { scalekit }) {
    const { resource } = await scalekit.clients(args.environmentId).createResource({
      resource: {
        resourceType: clients.ResourceType.MCP_SERVER,
        name: args.name,
        resourceId: args.url,
        description: args.description,
        scopes: args.scopes,
        provider: providerOf(args),
        accessTokenExpiry: BigInt(args.accessTokenSeconds),
        disableDynamicClientRegistration: !args.dynamicRegistration,
        enableCimd: true,
      },
    })
    if (!resource) throw new ToolError('internal', 'Scalekit did not return the MCP server.')
    return { mcpServer: toMcpServer(resource), setup: setupOf(resource) }
  },
})
