import * as z from 'zod'
import { defineTool } from '../../tool.js'
import { listedConnectionFields, toConnection } from './connection.js'
import { whichConnection } from './connection-input.js'
import { connectionTarget } from './connection-target.js'
import { readConnection } from './connections-of.js'

export default defineTool({
  name: 'delete_connection',
  title: 'Delete connection',
  description:
    'Delete a connection with its settings. Users without another sign-in method are locked out. Give organizationId for a connection of an organization.',
  toolset: 'connections',
  scopes: ['environment:write'],
  effect: 'delete',
  aliases: { connection_id: 'connectionId' },
  input: z.object(whichConnection),
  output: z.object({
    deleted: z.boolean(),
    connection: listedConnectionFields.pick({ id: true, type: true, provider: true, enabled: true }),
    domains: z.array(z.string()).describe('The e-mail domains that led to it.'),
  }),
  target: connectionTarget,
  async run(args, { scalekit }) {
    const { environmentId, connectionId, organizationId } = args
    const { id, type, provider, enabled, domains } = toConnection(await readConnection(scalekit, args))
    const client = scalekit.connections(environmentId)
    if (organizationId) await client.deleteConnection({ organizationId, id: connectionId })
    else await client.deleteEnvironmentConnection({ connectionId })
    return { deleted: true, connection: { id, type, provider, enabled }, domains }
  },
})
