import * as z from 'zod'
import { defineTool } from '../../tool.js'
import { whichConnection } from './connection-input.js'
import { connectionTarget } from './connection-target.js'

export default defineTool({
  name: 'delete_connection',
  title: 'Delete connection',
  description:
    'Delete a connection with its settings. People who sign in through it cannot any more. Give organizationId for a connection of an organization.',
  toolset: 'connections',
  scopes: ['environment:write'],
  effect: 'delete',
  aliases: { connection_id: 'connectionId' },
  input: z.object(whichConnection),
  output: z.object({ deleted: z.boolean() }),
  target: connectionTarget,
  async run({ environmentId, connectionId, organizationId }, { scalekit }) {
    const client = scalekit.connections(environmentId)
    if (organizationId) await client.deleteConnection({ organizationId, id: connectionId })
    else await client.deleteEnvironmentConnection({ connectionId })
    return { deleted: true }
  },
})
