import type { McpServer } from '@modelcontextprotocol/server'
import { type McpAuth, organizationOf } from '@scalekit-mcp/auth'
import * as z from 'zod'
import type { Organizations } from '../organizations.js'

/** Returns data of the caller's organization. The organization comes from the verified token, never from an argument. */
export function getOrgData(server: McpServer, tool: McpAuth['tool'], organizations: Organizations): void {
  server.registerTool(
    'get_org_data',
    {
      description: "Retrieves data of the caller's organization.",
      inputSchema: z.strictObject({}),
      annotations: { readOnlyHint: true },
    },
    tool('get_org_data', async (_args, ctx) => {
      const data = organizations.dataOf(organizationOf(ctx))
      return { content: [{ type: 'text', text: JSON.stringify(data) }] }
    }),
  )
}
