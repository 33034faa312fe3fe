import * as z from 'zod'
import { environmentId, nextPageToken, organizationId, pageSize, pageToken } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { pageOf } from '../page-of.js'
import { listedConnectionFields, toListedConnection } from './connection.js'

export default defineTool({
  name: 'list_organization_connections',
  title: 'List organization connections',
  description:
    'List the single sign-on connections of one organization, with their status and whether they are enabled.',
  toolset: 'connections',
  scopes: ['organization:read'],
  effect: 'read',
  input: z.object({ environmentId, organizationId, pageSize, pageToken }),
  output: z.object({ items: z.array(listedConnectionFields), nextPageToken }),
  async run({ environmentId, organizationId, pageSize, pageToken }, { scalekit }) {
    const { connections } = await scalekit
      .connections(environmentId)
      .listConnections({ organizationId, include: 'all' })
    return pageOf(connections.map(toListedConnection), pageSize, pageToken)
  },
})
