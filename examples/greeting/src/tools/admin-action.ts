import type { McpServer } from '@modelcontextprotocol/server'
import { type McpAuth, organizationOf } from '@scalekit-mcp/auth'
import * as z from 'zod'
import type { Organizations } from '../organizations.js'

/**
 * Performs an action for the caller's organization. It needs the scope `admin`: a client without it gets a 403 that makes
 * it ask its user. The scope says that the user lets this client act as an administrator; whether the user is one is for
 * your own data to say.
 */
export function adminAction(server: McpServer, tool: McpAuth['tool'], organizations: Organizations): void {
  server.registerTool(
    'admin_action',
    {
      description: "Performs an admin action for the caller's organization.",
      inputSchema: z.strictObject({ action: z.string().min(1).max(200).describe('What to do.') }),
    },
    tool('admin_action', async ({ action }, ctx) => {
      organizations.addAction(organizationOf(ctx), action)
      return { content: [{ type: 'text', text: `Done: ${action}` }] }
    }),
  )
}
