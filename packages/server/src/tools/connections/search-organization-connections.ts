import { connections } from '@scalekit-mcp/api'
import * as z from 'zod'
import { environmentId, nextPageToken, pageSizeBetween, pageToken, text } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { listedConnectionFields, toListedConnection } from './connection.js'

const statuses = ['DRAFT', 'IN_PROGRESS', 'COMPLETED'] as const

export default defineTool({
  name: 'search_organization_connections',
  title: 'Search organization connections',
  description:
    'Find single sign-on connections in all organizations of an environment, by text, status or whether they are enabled. For one organization use list_organization_connections.',
  toolset: 'connections',
  scopes: ['organization:read'],
  effect: 'read',
  input: z.object({
    environmentId,
    query: text(100).optional().describe("Part of the organization's or connection's name, or of an id."),
    status: z.enum(statuses).optional().describe('Only in this state.'),
    enabled: z.boolean().optional().describe('Only enabled (true) or disabled (false) ones.'),
    pageSize: pageSizeBetween(1, 30),
    pageToken,
  }),
  output: z.object({
    items: z.array(listedConnectionFields.extend({ organizationName: z.string().optional() })),
    nextPageToken,
  }),
  async run({ environmentId, status, ...search }, { scalekit }) {
    const page = await scalekit
      .connections(environmentId)
      .searchOrganizationConnections({ ...search, status: status && connections.ConnectionStatus[status] })
    return {
      items: page.connections.map((connection) => ({
        ...toListedConnection(connection),
        organizationName: connection.organizationName || undefined,
      })),
      nextPageToken: page.nextPageToken || undefined,
    }
  },
})
