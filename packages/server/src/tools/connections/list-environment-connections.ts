import * as z from 'zod'
import { environmentId, nextPageToken, pageSize, pageToken } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { pageOf } from '../page-of.js'
import { listedConnectionFields, toListedConnection } from './connection.js'

export default defineTool({
  name: 'list_environment_connections',
  title: 'List environment connections',
  description:
    'List the connections of an environment itself: social sign-in, passwordless, and services that agents use. For single sign-on of customers use list_organization_connections.',
  toolset: 'connections',
  scopes: ['environment:read'],
  effect: 'read',
  input: z.object({ environmentId, pageSize, pageToken }),
  output: z.object({ items: z.array(listedConnectionFields), nextPageToken }),
  async run({ environmentId, pageSize, pageToken }, { scalekit }) {
    const { connections } = await scalekit.connections(environmentId).listConnections({ include: 'all' })
    return pageOf(connections.map(toListedConnection), pageSize, pageToken)
  },
})
